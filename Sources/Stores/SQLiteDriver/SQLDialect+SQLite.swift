public import SQL

extension SQLDialect {
    /// SQLite ≥ 3.40: strict tables, one writer, lists bound as JSON.
    public static let sqlite = SQLDialect(
        types: Types(
            integer: "INTEGER", real: "REAL", text: "TEXT", blob: "BLOB", identity: "INTEGER PRIMARY KEY AUTOINCREMENT",
            tableSuffix: " STRICT"),
        isShared: false,
        placeholderPrefix: "?",
        catalogue: catalogue,
        membership: { "IN (SELECT value FROM json_each(\($0)))" },
        clause: { clause in
            // `octet_length` came with SQLite 3.43.
            if case .byteLength(let column) = clause { "length(CAST(\(column) AS BLOB))" } else { "" }
        })

    /// A row of `sqlite_sequence` appears with the first number, and a table may have several.
    private static let catalogue = SQLCatalogue(
        tables: "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'",
        columns: { tables in
            """
            SELECT tables.name, columns.name, lower(columns.type), columns."notnull" = 1 OR columns.pk > 0, columns.pk,
                columns.pk > 0 AND instr(upper(tables.sql), 'AUTOINCREMENT') > 0
            FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
            WHERE tables.type = 'table' AND tables.name \(in: tables)
            ORDER BY columns.cid
            """
        },
        position: { table, _ in "SELECT max(seq) FROM sqlite_sequence WHERE name = \(table)" },
        move: { table, _, position in
            [
                "DELETE FROM sqlite_sequence WHERE name = \(table)",
                "INSERT INTO sqlite_sequence (name, seq) VALUES (\(table), \(position))",
            ]
        })
}
