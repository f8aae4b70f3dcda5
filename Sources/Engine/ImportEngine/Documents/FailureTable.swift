import DelimitedText
public import ImportDomain
import JSON

/// Failed records as a table: what failed and why, the columns of users as `users.csv` has them, and other records as
/// JSON in one column.
///
/// A spreadsheet may change cells, their separators, quotes and order. Cells that stay as they were written change
/// nothing, whatever they stand for; so a record that is sent back as it was downloaded is the record as it was staged.
/// Source: docs/api.md, "Failed records as a file".
public struct FailureTable: Sendable {
    /// The columns, in their order.
    enum Column: String, CaseIterable {
        case id = "failure.id"
        case recordType = "failure.type"
        case code = "failure.code"
        case message = "failure.message"
        case field = "failure.field"
        case clashesWith = "failure.clashesWith"
        case skip = "failure.skip"
        case importIDs = "importIds"
        case username, emails, name, nickname, roles, type, bio, statusText, utcOffset
        case avatarURL = "avatarUrl"
        case deleted, organization, matchedByUsername, customFields, password, data

        /// The name as it is compared: without letter case, spaces, `_` and `-`.
        fileprivate var comparableName: String { Self.comparable(rawValue) }

        fileprivate static func comparable(_ name: String) -> String {
            name.lowercased().filter { !" _-".contains($0) }
        }
    }

    private var writer = DelimitedTextWriter(byteOrderMark: true)

    /// A table with its first row, which names the columns.
    public init() {
        for column in Column.allCases { writer.field(column.rawValue) }
        writer.endRow()
    }

    /// Adds a failed record.
    public mutating func append(_ record: FailedRecord) {
        let cells = Self.cells(of: record.type, record.document)
        for column in Column.allCases {
            switch column {
            case .id: writer.field(String(record.sequence.number))
            case .recordType: writer.field(record.type.wireName)
            case .code: writer.field(record.failure.code.rawValue)
            case .message: writer.field(record.failure.message)
            case .field: writer.field(record.failure.field ?? "")
            case .clashesWith: writer.field(record.failure.clashesWith ?? "")
            case .skip: writer.field("")
            default: writer.field(cells[column] ?? "")
            }
        }
        writer.endRow()
    }

    /// Removes and returns the text so far.
    public mutating func take() -> [UInt8] { writer.take() }

    /// The cells of a staged document that are not empty; there is no cell for a password.
    private static func cells(of type: RecordType, _ document: String) -> [Column: String] {
        guard type == .user, let user = user(document) else { return [.data: document] }
        var cells: [Column: String] = [:]
        cells[.importIDs] = user.importIDs.joined(separator: ";")
        cells[.username] = user.username
        cells[.emails] = user.emails.joined(separator: ";")
        cells[.name] = user.name
        cells[.nickname] = user.nickname
        cells[.roles] = user.roles.joined(separator: ";")
        cells[.type] = user.type
        cells[.bio] = user.bio
        cells[.statusText] = user.statusText
        cells[.utcOffset] = user.utcOffset.map { $0 == $0.rounded() && abs($0) < 1e6 ? "\(Int($0))" : "\($0)" }
        cells[.avatarURL] = user.avatarURL
        // Spreadsheets translate "true" into the language of their user.
        cells[.deleted] = user.isDeleted ? "yes" : user.isActivated ? "no" : nil
        cells[.organization] = user.organization
        cells[.matchedByUsername] = user.isMatchedByUsername ? nil : "no"
        cells[.customFields] = user.customFields
        return cells
    }

    private static func user(_ document: String) -> UserRecord? {
        // A document that cannot be read back is shown as it is.
        try? JSONReader.read(document) { try UserDocument.read(&$0).record }
    }
}

// MARK: Reading

extension FailureTable {
    /// The columns of a table that was sent back.
    struct Header: Sendable {
        /// Titles of columns that mean nothing.
        let ignoredTitles: [String]
        private let columns: [Column?]

        /// - Throws: `InvalidBody` for a table without ids.
        init(_ row: borrowing DelimitedRow) throws {
            try FailureTable.requireReadable(row)
            let known = Dictionary(uniqueKeysWithValues: Column.allCases.map { ($0.comparableName, $0) })
            var columns: [Column?] = []
            var ignored: [String] = []
            for index in 0..<row.count {
                let title = SpreadsheetCell.restored(row[index])
                let column = known[Column.comparable(title)]
                if column == nil, !title.allSatisfy(\.isWhitespace) { ignored.append(String(title.prefix(64))) }
                if let column, columns.contains(column) {
                    throw InvalidBody(
                        .invalidTable("The column \(column.rawValue) is there twice. Remove one of them."),
                        field: column.rawValue)
                }
                columns.append(column)
            }
            guard columns.contains(.id) else {
                throw InvalidBody(
                    .invalidTable(
                        "The first row has no column \(Column.id.rawValue). Send the table that import.failures returns, "
                            + "with its first row."),
                    field: Column.id.rawValue)
            }
            (self.columns, ignoredTitles) = (columns, ignored)
        }

        /// The cells of a row; nil for an empty row.
        ///
        /// - Throws: `InvalidBody` for a row that cannot be read, or has more fields than the first row.
        func row(_ row: borrowing DelimitedRow) throws -> Row? {
            guard !row.isBlank else { return nil }
            try FailureTable.requireReadable(row)
            guard row.count <= columns.count else {
                throw InvalidBody(
                    .invalidTable(
                        "The row has \(row.count) fields where \(columns.count) belong. Put fields that hold separators "
                            + "in quotes."), line: row.line)
            }
            var cells: [Column: String] = [:]
            for index in 0..<row.count {
                if let column = columns[index] { cells[column] = SpreadsheetCell.restored(row[index]) }
            }
            return Row(line: row.line, cells: cells)
        }
    }

    /// - Throws: `InvalidBody` for a row whose fields are uncertain, or hold NUL, which JSON and databases reject.
    private static func requireReadable(_ row: borrowing DelimitedRow) throws {
        if let fault = row.fault { throw InvalidBody(.invalidTable(fault.message), line: row.line) }
        for index in 0..<row.count where row.bytes(index).contains(0) {
            throw InvalidBody(
                .invalidTable("The row contains the character NUL. Remove it, and save spreadsheets as CSV."),
                line: row.line)
        }
    }

    /// A row that was sent back.
    struct Row: Sendable {
        /// The line where it begins, from 1.
        let line: Int
        fileprivate let cells: [Column: String]

        /// The id of the failed record.
        var id: String { cells[.id].map(Self.trimmed) ?? "" }

        /// Whether the record is to be skipped.
        ///
        /// - Throws: `InvalidBody` without a line, for a cell that is neither true nor false.
        var isSkipped: Bool { get throws { try Self.flag(cells[.skip] ?? "", .skip) ?? false } }

        /// How many bytes the row has.
        var sizeBytes: Int { cells.values.reduce(0) { $0 + $1.utf8.count } }

        /// The record as JSON, if the row has it and changes it; nil if the row has columns of users.
        ///
        /// - Parameter document: the record as it was returned.
        func document(replacing document: String) -> String? {
            guard let data = cells[.data], !Self.trimmed(data).isEmpty, data != document else { return nil }
            return data
        }

        /// A user with the cells that were changed.
        ///
        /// - Parameter document: the user as it was staged.
        /// - Returns: nil if nothing was changed.
        /// - Throws: `InvalidBody` without a line, for a cell that cannot be read.
        func user(correcting document: String) throws -> (record: UserRecord, password: String?)? {
            let written = FailureTable.cells(of: .user, ShownRecord.document(document, of: .user))
            var user = FailureTable.user(document) ?? UserRecord(importIDs: [], emails: [])
            var isChanged = false
            for column in Column.allCases {
                guard let cell = cells[column], cell != written[column] ?? "",
                    try Self.set(column, of: &user, to: cell)
                else { continue }
                isChanged = true
            }
            // Passwords are taken unchanged, white space included.
            let password = cells[.password].flatMap { $0.isEmpty ? nil : $0 }
            return isChanged || password != nil ? (user, password) : nil
        }

        /// - Returns: whether the column is a field of users.
        private static func set(_ column: Column, of user: inout UserRecord, to cell: String) throws -> Bool {
            let text = trimmed(cell)
            switch column {
            case .importIDs: user.importIDs = list(text)
            case .username: user.username = nonEmpty(text)
            case .emails: user.emails = list(text)
            case .name: user.name = nonEmpty(text)
            case .nickname: user.nickname = nonEmpty(text)
            case .roles: user.roles = list(text)
            case .type: user.type = nonEmpty(text.lowercased())
            case .bio: user.bio = nonEmpty(text)
            case .statusText: user.statusText = nonEmpty(text)
            case .utcOffset: user.utcOffset = try number(text, column)
            case .avatarURL: user.avatarURL = nonEmpty(text)
            case .deleted:
                let isDeleted = try flag(text, column)
                (user.isDeleted, user.isActivated) = (isDeleted ?? false, isDeleted == false)
            case .organization: user.organization = nonEmpty(text)
            case .matchedByUsername: user.isMatchedByUsername = try flag(text, column) ?? true
            case .customFields: user.customFields = try object(text, column)
            case .id, .recordType, .code, .message, .field, .clashesWith, .skip, .password, .data: return false
            }
            return true
        }

        private static func trimmed(_ text: String) -> String { CaseFolding.trim(text) }

        private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

        private static func list(_ text: String) -> [String] {
            text.split(separator: ";").map { trimmed(String($0)) }.filter { !$0.isEmpty }
        }

        /// A number, with a point or, as spreadsheets in other languages write it, a comma.
        private static func number(_ text: String, _ column: Column) throws -> Double? {
            if text.isEmpty { return nil }
            guard let number = Double(text.replacing(",", with: ".")), number.isFinite else {
                throw invalid(text, column, "is not a number. Write hours, such as 5.5.")
            }
            return number
        }

        /// The error of a cell that cannot be read.
        private static func invalid(_ text: String, _ column: Column, _ reason: String) -> InvalidBody {
            InvalidBody(
                .invalidTable("The value \"\(text.clipped(toBytes: 64))\" of \(column.rawValue) \(reason)"),
                field: column.rawValue)
        }

        private static func flag(_ text: String, _ column: Column) throws -> Bool? {
            switch trimmed(text).lowercased() {
            case "": return nil
            case "true", "yes", "y", "1", "x": return true
            case "false", "no", "n", "0": return false
            default:
                throw invalid(
                    text, column,
                    "is neither true nor false. Write true, yes, y, 1 or x; false, no, n or 0; or nothing.")
            }
        }

        private static func object(_ text: String, _ column: Column) throws -> String? {
            if text.isEmpty { return nil }
            // Whatever is wrong with the JSON, the cell needs an object.
            guard let value = try? JSONValue(parsing: text), value.kind == .object else {
                throw invalid(text, column, "is not an object in JSON.")
            }
            return value.serialized()
        }
    }
}
