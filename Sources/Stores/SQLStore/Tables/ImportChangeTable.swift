import ImportDomain
import SQL

/// `import_changes`: a row for each field that an import changed.
struct ImportChangeTable: ImportChangeStore {
    let connection: any SQLConnection

    func record(_ changes: [ImportChange], by number: ImportNumber) throws {
        // A statement changes no row twice: the value before the first change of a field stays.
        var places: [Key: Int] = [:]
        var distinct: [ImportChange] = []
        for change in changes {
            if let place = places[Key(change)] {
                distinct[place] = ImportChange(
                    change.subject, field: change.field, before: distinct[place].before, after: change.after)
            } else {
                places[Key(change)] = distinct.count
                distinct.append(change)
            }
        }
        for start in stride(from: 0, to: distinct.count, by: Self.rowsAtOnce) {
            let part = distinct[start..<min(start + Self.rowsAtOnce, distinct.count)]
            try connection.insert(
                part.map { ($0, number) }, into: ImportChangeColumn.table,
                onConflict: """
                    (import_number, subject_kind, subject_id, field) DO UPDATE SET after_value = excluded.after_value
                    """)
        }
    }

    /// How many rows one statement has.
    private static let rowsAtOnce = 500

    /// What one row is about.
    private struct Key: Hashable {
        let subject: [ExactString]

        init(_ change: ImportChange) {
            let stored = change.subject.stored
            subject = [stored.kind, stored.id, change.field].map { ExactString($0) }
        }
    }

    func changes(by number: ImportNumber, after change: ImportChange?, limit: Int) throws -> [ImportChange] {
        let last = change.map { ($0.subject.stored, $0.field) }
        return try connection.rows(
            of: ImportChangeColumn.table,
            """
            WHERE import_number = \(number.rawValue) AND (subject_kind, subject_id, field)
                > (\(last?.0.kind ?? ""), \(last?.0.id ?? ""), \(last?.1 ?? ""))
            ORDER BY subject_kind, subject_id, field LIMIT \(limit)
            """
        ) { row in
            ImportChange(
                try ImportChange.Subject(kind: row.text(.subjectKind), id: row.text(.subjectID)),
                field: row.text(.field), before: row.optionalText(.beforeValue), after: row.optionalText(.afterValue))
        }
    }

    func hasChangedAccounts(by number: ImportNumber) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM import_changes WHERE import_number = \(number.rawValue) AND subject_kind = 'user' LIMIT 1
            """)
    }
}

enum ImportChangeColumn: Int, TableColumn {
    case importNumber, subjectKind, subjectID, field, beforeValue, afterValue

    static let table = Table<ImportChangeColumn>("import_changes")

    func value(of source: (change: ImportChange, number: ImportNumber)) -> SQLValue {
        switch self {
        case .importNumber: .integer(source.number.rawValue)
        case .subjectKind: .text(source.change.subject.stored.kind)
        case .subjectID: .text(source.change.subject.stored.id)
        case .field: .text(source.change.field)
        case .beforeValue: .optional(source.change.before)
        case .afterValue: .optional(source.change.after)
        }
    }
}

extension ImportChange.Subject {
    fileprivate var stored: (kind: String, id: String) {
        switch self {
        case .message(let id): ("message", id.rawValue)
        case .room(let id): ("room", id.rawValue)
        case .user(let id): ("user", id.rawValue)
        }
    }

    fileprivate init(kind: String, id: String) throws {
        switch kind {
        case "message": self = .message(MessageID(id))
        case "room": self = .room(RoomID(id))
        case "user": self = .user(UserID(id))
        default:
            throw StoreError.corrupt(message: "\"\(kind)\" is not a kind that imports of this version of Ferry change.")
        }
    }
}
