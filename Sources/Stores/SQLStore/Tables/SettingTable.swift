import ImportDomain
import SQL

/// `settings`: those that differ from their defaults.
struct SettingTable: SettingStore {
    let connection: any SQLConnection

    func value(of id: String) throws -> Setting.Value? {
        try connection.first("SELECT kind, value FROM settings WHERE id = \(id)") { row in
            let text = row.text(1)
            switch (row.text(0), Int(text)) {
            case ("text", _): return .text(text)
            case ("flag", let number?): return .flag(number != 0)
            case ("number", let number?): return .number(number)
            case (let kind, _):
                throw StoreError.corrupt(message: "The setting \(id) is stored as \(kind) \"\(text)\".")
            }
        }
    }

    func set(_ setting: Setting) throws {
        let (kind, value) =
            switch setting.value {
            case .text(let text): ("text", text)
            case .flag(let flag): ("flag", flag ? "1" : "0")
            case .number(let number): ("number", String(number))
            }
        try connection.execute(
            """
            INSERT INTO settings (id, kind, value) VALUES (\(setting.id), \(kind), \(value))
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, value = excluded.value
            """)
    }
}
