/// How far a reading of a file is.
public struct UserFileProgress: Equatable, Sendable {
    /// Bytes of the file that were read.
    public let bytesRead: Int64
    /// Valid users so far; duplicates are found at the end.
    public let users: Int
    /// Invalid users so far.
    public let invalid: Int
}

/// The result of the first pass over a list of users.
public struct UserFileCheck: Sendable {
    /// How many users can be imported.
    public let users: Int
    /// How many cannot.
    public let invalid: Int
    /// The first invalid users by line, at most `UserFileOptions.maximumReported`.
    public let faults: [UserFault]
    /// What the owner of the file should know.
    public let notices: [UserNotice]
    /// Which users are left out because they repeat earlier ones.
    let duplicates: DuplicateUsers
    /// The file that was checked.
    let identity: FileIdentity
}
