import ImportDomain
import SQL

/// `import_changes`: a row for each field that an import changed.
struct ImportChangeTable: ImportChangeStore {
    let connection: any SQLConnection

    func record(_ changes: [ImportChange], by number: ImportNumber) throws {
        for change in changes {
            try connection.insert(
                one: (change, number), into: ImportChangeColumn.table,
                """
                ON CONFLICT (import_number, subject_kind, subject_id, field)
                    DO UPDATE SET after_value = excluded.after_value
                """)
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
