import SQL

/// Reads a whole table in pages of bounded size, by its key: what was read is never stepped over again.
///
/// A table without a primary key is read by all of its columns, none of which may be without a value; rows that are
/// equal come in one page.
struct TablePages {
    /// How much one page may hold.
    struct Size {
        /// Rows.
        var rows = 4_096
        /// Characters and bytes of all values of a page; a row that is larger has a page of its own.
        var weight = 4 << 20
    }

    let shape: TableShape
    var size = Size()

    private var key: [TableShape.Column] { shape.key.isEmpty ? shape.columns : shape.key }
    private var keyNames: [String] { key.map(\.name) }
    private var columnNames: [String] { shape.columns.map(\.name) }

    func rowCount(on connection: any SQLConnection) throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM \(name: shape.name)"))
    }

    /// Hands out one page after the other: the values of its rows, one row after the other.
    func forEach(on connection: any SQLConnection, _ body: ([SQLValue]) throws -> Void) throws {
        var last: [SQLValue]?
        while let end = try end(of: last, on: connection) {
            try body(try values(after: last, upTo: end, on: connection))
            last = end.key
        }
    }

    /// The key of the last row of the page behind `last`, found by looking at keys and lengths only.
    private func end(of last: [SQLValue]?, on connection: any SQLConnection) throws -> (key: [SQLValue], rows: Int)? {
        var (rows, weight) = (0, Int64(0))
        var end: [SQLValue] = []
        let selection: SQLQuery = "SELECT \(names: keyNames), "
        let tail: SQLQuery = " ORDER BY \(names: keyNames) LIMIT \(size.rows)"
        _ = try connection.rows(
            selection + weightOfRow + " FROM \(name: shape.name)" + lowerBound(last) + tail
        ) { row in
            weight += row.integer(key.count)
            guard rows == 0 || weight <= size.weight else { return }
            rows += 1
            end = key.indices.map { row.value($0, as: key[$0].kind) }
        }
        return rows == 0 ? nil : (end, rows)
    }

    private func values(
        after last: [SQLValue]?, upTo end: (key: [SQLValue], rows: Int), on connection: any SQLConnection
    ) throws -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(end.rows * shape.columns.count)
        let selection: SQLQuery = "SELECT \(names: columnNames) FROM \(name: shape.name)"
        let upperBound: SQLQuery = " (\(names: keyNames)) <= (\(values: end.key)) ORDER BY \(names: keyNames)"
        // The limit changes nothing but the plan; without a key there may be more rows that are equal to the last.
        let limit: SQLQuery = shape.key.isEmpty ? "" : " LIMIT \(size.rows)"
        let bounds = last == nil ? " WHERE" + upperBound : lowerBound(last) + " AND" + upperBound
        _ = try connection.rows(selection + bounds + limit) { row in
            for (index, column) in shape.columns.enumerated() {
                values.append(row.value(index, as: column.kind))
            }
        }
        return values
    }

    private func lowerBound(_ last: [SQLValue]?) -> SQLQuery {
        last.map { " WHERE (\(names: keyNames)) > (\(values: $0))" } ?? ""
    }

    private var weightOfRow: SQLQuery {
        shape.columns.filter { $0.kind == .text || $0.kind == .blob }.reduce("16") {
            $0 + " + coalesce(length(\(name: $1.name)), 0)"
        }
    }
}
