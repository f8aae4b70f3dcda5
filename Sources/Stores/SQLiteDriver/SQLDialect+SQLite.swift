public import SQL

extension SQLDialect {
    /// SQLite ≥ 3.40: strict tables, one writer, lists bound as JSON.
    public static let sqlite = SQLDialect(
        types: Types(
            integer: "INTEGER", real: "REAL", text: "TEXT", blob: "BLOB", identity: "INTEGER PRIMARY KEY AUTOINCREMENT",
            tableSuffix: " STRICT"),
        isShared: false,
        placeholderPrefix: "?",
        membership: { "IN (SELECT value FROM json_each(\($0)))" },
        clause: { _ in "" })
}
