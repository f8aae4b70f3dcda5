import ImportDomain
import SQL

/// `settings`: those that differ from their defaults.
struct SettingTable: SettingStore {
    let connection: any SQLConnection

    func value(of id: String) throws -> Setting.Value? {
        try connection.rows(of: SettingColumn.table, "WHERE id = \(id)") { row -> Setting.Value in
            let text = row.text(.value)
            switch (row.text(.kind), Int(text)) {
            case ("text", _): return .text(text)
            case ("flag", let number?): return .flag(number != 0)
            case ("number", let number?): return .number(number)
            case (let kind, _):
                throw StoreError.corrupt(message: "The setting \(id) is stored as \(kind) \"\(text)\".")
            }
        }.first
    }

    func set(_ setting: Setting) throws {
        let (kind, value) =
            switch setting.value {
            case .text(let text): ("text", text)
            case .flag(let flag): ("flag", flag ? "1" : "0")
            case .number(let number): ("number", String(number))
            }
        try connection.insert(
            one: [.text(setting.id), .text(kind), .text(value)], into: SettingColumn.table,
            "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, value = excluded.value")
    }
}

enum SettingColumn: Int, TableColumn {
    case id, kind, value

    static let table = Table<SettingColumn>("settings")
}
