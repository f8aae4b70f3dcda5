import ImportDomain
import SQL

/// `import_changes`: a row for each field that an import changed.
struct ImportChangeTable: ImportChangeStore {
    let connection: any SQLConnection

    func record(_ changes: [ImportChange], by number: ImportNumber) throws {
        for change in changes {
            let subject = Self.stored(change.subject)
            try connection.execute(
                """
                INSERT INTO import_changes (import_number, subject_kind, subject_id, field, before_value, after_value)
                VALUES (\(number.rawValue), \(subject.kind), \(subject.id), \(change.field), \(change.before),
                    \(change.after))
                ON CONFLICT (import_number, subject_kind, subject_id, field)
                    DO UPDATE SET after_value = excluded.after_value
                """)
        }
    }

    func changes(by number: ImportNumber, after change: ImportChange?, limit: Int) throws -> [ImportChange] {
        let last = change.map { (Self.stored($0.subject), $0.field) }
        return try connection.rows(
            """
            SELECT subject_kind, subject_id, field, before_value, after_value FROM import_changes
            WHERE import_number = \(number.rawValue) AND (subject_kind, subject_id, field)
                > (\(last?.0.kind ?? ""), \(last?.0.id ?? ""), \(last?.1 ?? ""))
            ORDER BY subject_kind, subject_id, field LIMIT \(limit)
            """
        ) { row in
            ImportChange(
                try Self.subject(kind: row.text(0), id: row.text(1)), field: row.text(2), before: row.optionalText(3),
                after: row.optionalText(4))
        }
    }

    private static func stored(_ subject: ImportChange.Subject) -> (kind: String, id: String) {
        switch subject {
        case .message(let id): ("message", id.rawValue)
        case .room(let id): ("room", id.rawValue)
        }
    }

    private static func subject(kind: String, id: String) throws -> ImportChange.Subject {
        switch kind {
        case "message": .message(MessageID(id))
        case "room": .room(RoomID(id))
        default:
            throw StoreError.corrupt(message: "\"\(kind)\" is nothing that imports of this version of Ferry change.")
        }
    }
}
