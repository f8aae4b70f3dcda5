/// Something that an importer noticed while it read a file: a part that it skipped, repaired or left out by rule.
///
/// Every element of a source is staged, in a finding, or ignored by rule, and all of it is counted.
/// Source: docs/importers.md, "Findings".
public struct ImportFinding: Equatable, Sendable {
    /// How much it matters.
    public enum Severity: String, CaseIterable, Sendable {
        /// Something that should have been imported is not.
        case error
        /// Something was imported differently from what the source says.
        case warning
        /// Something was left out as the rules say.
        case info
    }

    /// The stable names of what can be noticed.
    public enum Code: String, CaseIterable, Sendable {
        /// An entry of the archive cannot be read; what came before the fault is kept.
        case entryUnreadable = "importer-entry-unreadable"
        /// A folder belongs to no room that the file describes.
        case entryUnknownRoom = "importer-entry-unknown-room"
        /// An entry of a known kind that is not imported.
        case entryIgnored = "importer-entry-ignored"
        /// A row of a table makes no sense.
        case rowInvalid = "importer-row-invalid"
        /// An element makes no sense.
        case recordInvalid = "importer-record-invalid"
        /// An element of a kind that is left out by rule.
        case recordIgnored = "importer-record-ignored"
        /// A value was repaired or dropped; its record is kept.
        case valueReplaced = "importer-value-replaced"
        /// An account was made up for an id that the file uses but does not describe.
        case userPlaceholder = "importer-user-placeholder"
        /// A person was bound to an account that was there, by username alone.
        case userBoundByUsername = "importer-user-bound-by-username"
        /// A private room has no known member, so the account that ran the import became its owner.
        case roomOwnedByImporter = "importer-room-owned-by-importer"
        /// A restricted person, who sees only the rooms in which they are a member.
        case userGuest = "importer-user-guest"
        /// A list or text went beyond a limit; the record is kept without the rest.
        case limitExceeded = "importer-limit-exceeded"
    }

    /// How much it matters.
    public var severity: Severity
    /// What was noticed.
    public var code: Code
    /// The entry of the archive, or nil for a file that is none.
    public var entry: String?
    /// The line of a table, from 1, or the index of an element, from 0.
    public var position: Int?
    /// The field at fault, as the source calls it.
    public var field: String?
    /// The value at fault, at most 200 characters, never a secret.
    public var value: String?
    /// One sentence for a person.
    public var message: String
    /// How many elements this finding stands for.
    public var count: Int

    /// A finding of the given parts, about one element unless said otherwise.
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
        // Whole scalars: the bytes of half a character are no text.
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytes - 3)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            text.utf8.formIndex(before: &end)
        }
        return text[..<end] + "…"
    }
}
