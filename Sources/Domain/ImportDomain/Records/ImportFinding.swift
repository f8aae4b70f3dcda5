/// A note of an importer about a file: something that it rejected, repaired or left out by rule.
///
/// Every element of a source is staged, in a finding, or ignored by rule, and all of it is counted.
/// Source: docs/importers.md, "Findings".
public struct ImportFinding: Equatable, Sendable {
    /// How much it matters.
    public enum Severity: String, CaseIterable, Sendable {
        /// Something was not imported that should have been.
        case error
        /// Something was imported differently from the source.
        case warning
        /// Something was left out by rule.
        case info
    }

    /// The stable names of findings.
    public enum Code: String, CaseIterable, Sendable {
        /// An entry of the archive cannot be read; what came before the fault is kept.
        case entryUnreadable = "importer-entry-unreadable"
        /// A folder belongs to no room that the file describes.
        case entryUnknownRoom = "importer-entry-unknown-room"
        /// An entry of a known kind that is not imported.
        case entryIgnored = "importer-entry-ignored"
        /// A row of a table is invalid.
        case rowInvalid = "importer-row-invalid"
        /// An element is invalid.
        case recordInvalid = "importer-record-invalid"
        /// An element of a kind that is left out by rule.
        case recordIgnored = "importer-record-ignored"
        /// A value was repaired or dropped; its record is kept.
        case valueReplaced = "importer-value-replaced"
        /// A placeholder account was created for an id that the file uses but does not describe.
        case userPlaceholder = "importer-user-placeholder"
        /// A person was bound to an existing account by username alone.
        case userBoundByUsername = "importer-user-bound-by-username"
        /// A private room has no known member, so the account that ran the import became its owner.
        case roomOwnedByImporter = "importer-room-owned-by-importer"
        /// A restricted person, who sees only the rooms in which they are a member.
        case userGuest = "importer-user-guest"
        /// A list or text exceeded a limit; the record is kept without the rest.
        case limitExceeded = "importer-limit-exceeded"
    }

    /// How much it matters.
    public var severity: Severity
    /// The kind of finding.
    public var code: Code
    /// The archive entry; nil if the file is not an archive.
    public var entry: String?
    /// The line of a table, from 1, or the index of an element, from 0.
    public var position: Int?
    /// The invalid field, by its name in the source.
    public var field: String?
    /// The invalid value, at most 200 characters, never a secret.
    public var value: String?
    /// One sentence for a person.
    public var message: String
    /// The number of elements of the source that it covers.
    public var count: Int

    /// A finding about one element, unless `count` says otherwise.
    public init(
        _ severity: Severity, _ code: Code, entry: String? = nil, position: Int? = nil, field: String? = nil,
        value: String? = nil, count: Int = 1, message: String
    ) {
        self.severity = severity
        self.code = code
        self.entry = entry.map { Self.bounded($0, bytes: Self.entryBytes) }
        self.position = position
        self.field = field.map { Self.bounded($0, bytes: Self.fieldBytes) }
        self.value = value.map { Self.bounded(String($0.prefix(200)), bytes: Self.valueBytes) }
        self.count = count
        self.message = Self.bounded(message, bytes: Self.messageBytes)
    }

    /// The most bytes of an entry's name; longer ones are cut.
    public static let entryBytes = 1_024
    /// The most bytes of a field's name.
    public static let fieldBytes = 256
    /// The most bytes of a value: 200 characters can have any number of bytes.
    public static let valueBytes = 800
    /// The most bytes of a message, which may quote names.
    public static let messageBytes = 2_048

    /// About how much memory the texts of the finding take.
    public var sizeBytes: Int {
        64 + message.utf8.count + (entry?.utf8.count ?? 0) + (field?.utf8.count ?? 0) + (value?.utf8.count ?? 0)
    }

    private static func bounded(_ text: String, bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        // Cut at a scalar, so that the rest stays valid UTF-8.
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytes - 3)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            text.utf8.formIndex(before: &end)
        }
        return text[..<end] + "…"
    }
}
