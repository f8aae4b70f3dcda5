public import DelimitedText
internal import Foundation

/// The format of a list of users.
public enum UserFileFormat: String, CaseIterable, Sendable {
    /// A JSON array of users, or an object with the array `users`.
    case json
    /// One user per line in JSON.
    case jsonl
    /// Delimited text, one user per row.
    case csv
    /// Entries of a directory.
    case ldif
    /// A `ListResponse` of SCIM, or its users in an array or one per line.
    case scim
}

/// How a list of users is read.
public struct UserFileOptions: Sendable {
    /// The format; nil to detect it by content.
    public var format: UserFileFormat?
    /// Which column is which field, such as `email=mail,username=login`; for CSV only.
    ///
    /// Titles with commas are enclosed in quotes, as in CSV. An empty title leaves a field out.
    public var map: String?
    /// Where mappings of earlier files are kept; nil to use none.
    public var headers: HeaderMemory?
    /// What separates the fields of CSV; nil to detect it.
    public var delimiter: UInt8?
    /// How CSV is encoded if it has no byte order mark; nil to detect it.
    public var encoding: TextEncoding?
    /// Whether passwords of SCIM are read. Those of JSON and CSV always are.
    public var takesPasswords = false
    /// How many bytes a row of CSV, a user in JSON or a value of LDIF may have: an avatar of 10 MiB is 14 MiB of text.
    public var maximumUserBytes = 16 << 20
    /// How many invalid users are listed. All are counted.
    public var maximumReported = 1_000
    /// The directory for temporary files, which duplicates are found with.
    public var temporaryDirectory = FileManager.default.temporaryDirectory.path

    /// Detects everything.
    public init() {}
}
