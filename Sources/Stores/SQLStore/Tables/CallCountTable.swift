import ImportDomain
import SQL

/// `call_counts`.
struct CallCountTable: CallCountStore {
    let connection: any SQLConnection

    func count(_ key: String, length: Duration, at moment: Timestamp) throws -> (calls: Int, endsAt: Timestamp) {
        let endsAt = moment + length
        let window = try connection.first(
            """
            \(CallCountColumn.table.insertion(of: [.text(key), endsAt.sqlValue, .integer(1)]))
            ON CONFLICT (key) DO UPDATE SET
                calls = CASE WHEN call_counts.ends_at <= \(moment) THEN 1 ELSE call_counts.calls + 1 END,
                ends_at = CASE WHEN call_counts.ends_at <= \(moment) OR call_counts.ends_at > excluded.ends_at
                    THEN excluded.ends_at ELSE call_counts.ends_at END
            RETURNING calls, ends_at
            """
        ) { (calls: $0.count(0), endsAt: $0.timestamp(1)) }
        return window ?? (1, endsAt)
    }

    func deleteEnded(at moment: Timestamp) throws {
        try connection.execute("DELETE FROM call_counts WHERE ends_at <= \(moment)")
    }
}

enum CallCountColumn: Int, TableColumn {
    case key, endsAt, calls

    static let table = Table<CallCountColumn>("call_counts")
}
