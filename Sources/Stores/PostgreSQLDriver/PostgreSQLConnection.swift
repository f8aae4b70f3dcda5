import SQL

/// Statements on one session, inside its transaction.
struct PostgreSQLConnection: SQLConnection {
    let session: PostgreSQLSession
    let dialect: SQLDialect

    func rows<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> [Element] {
        let (text, values) = query.rendered(in: dialect)
        let result = try session.query(text, values)
        var elements: [Element] = []
        elements.reserveCapacity(result.rowCount)
        for index in 0..<result.rowCount { elements.append(try read(result.row(index))) }
        return elements
    }

    func execute(_ query: SQLQuery) throws -> Int {
        let (text, values) = query.rendered(in: dialect)
        return try session.query(text, values).changedRows
    }

    func run(script: String) throws { try session.run(script) }

    func announce() throws { try session.run("NOTIFY \(WorkListener.channel)") }

    func insert(into table: String, columns: [String], rows: (any RowSink) throws -> Void) throws {
        try session.copy(into: table, columns: columns, rows: rows)
    }

    func insert(_ rows: BulkInsert) throws {
        try session.copy(into: rows.table, columns: rows.columns) { copied in
            try rows.forEachValue { value, endsRow in try copied.append(value, endsRow: endsRow) }
        }
    }

    func clockMilliseconds() throws -> Int64? {
        try integer("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    }
}
