import GRDB
import GRDBSQLite
import JSON
import SQL

/// Statements on one GRDB connection, inside its transaction.
///
/// GRDB caches compiled statements. Binding and stepping use SQLite's own calls: every row of an import passes through
/// here, and GRDB's values would be wasted.
struct SQLiteConnection: SQLConnection {
    private let database: Database

    init(_ database: Database) { self.database = database }

    var dialect: SQLDialect { .sqlite }

    func rows<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> [Element] {
        let statement = try prepared(query)
        defer { sqlite3_reset(statement) }
        let row = SQLiteRow(statement: statement)
        var elements: [Element] = []
        while try step(statement) { elements.append(try read(row)) }
        return elements
    }

    func execute(_ query: SQLQuery) throws -> Int {
        let statement = try prepared(query)
        defer { sqlite3_reset(statement) }
        while try step(statement) {}
        return Int(sqlite3_changes64(database.sqliteConnection))
    }

    func run(script: String) throws { try translatingErrors { try database.execute(sql: script) } }

    func clockMilliseconds() -> Int64? { nil }

    func announce() {}

    func insert(into table: String, columns: [String], rows: (any RowSink) throws -> Void) throws {
        try rows(InsertedRows(connection: self, statement: try insertion(into: table, columns)))
    }

    func insert(_ rows: BulkInsert) throws {
        let statement = try insertion(into: rows.table, rows.columns)
        // The values stay in memory until their row is written; then no pointer to them may remain.
        defer { sqlite3_clear_bindings(statement) }
        var index: Int32 = 0
        try rows.forEachValue { value, endsRow in
            index += 1
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, index)
                case .integer(let number): sqlite3_bind_int64(statement, index, number)
                case .real(let number): sqlite3_bind_double(statement, index, number)
                case .text(let text):
                    sqlite3_bind_text(
                        statement, index, text.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(text.count), nil)
                case .blob(let blob): sqlite3_bind_blob(statement, index, blob.baseAddress, Int32(blob.count), nil)
                }
            guard code == SQLITE_OK else { throw failure(code) }
            guard endsRow else { return }
            index = 0
            defer { sqlite3_reset(statement) }
            while try step(statement) {}
        }
    }

    private func insertion(into table: String, _ columns: [String]) throws -> OpaquePointer {
        let placeholders = columns.indices.map { dialect.placeholder($0 + 1) }.joined(separator: ", ")
        return try compiled("INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(placeholders))")
    }

    /// Runs one statement for each row.
    private final class InsertedRows: RowSink {
        private let connection: SQLiteConnection
        private let statement: OpaquePointer

        init(connection: SQLiteConnection, statement: OpaquePointer) {
            self.connection = connection
            self.statement = statement
        }

        func append(row: ArraySlice<SQLValue>) throws {
            try connection.bind(row, to: statement)
            defer { sqlite3_reset(statement) }
            while try connection.step(statement) {}
        }
    }

    private func prepared(_ query: SQLQuery) throws -> OpaquePointer {
        let (text, values) = query.rendered(in: dialect)
        let statement = try compiled(text)
        try bind(values[...], to: statement)
        return statement
    }

    private func compiled(_ text: String) throws -> OpaquePointer {
        try translatingErrors { try database.cachedStatement(sql: text).sqliteStatement }
    }

    private func bind(_ values: ArraySlice<SQLValue>, to statement: OpaquePointer) throws {
        var index: Int32 = 0
        for value in values {
            index += 1
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, index)
                case .integer(let number): sqlite3_bind_int64(statement, index, number)
                case .real(let number): sqlite3_bind_double(statement, index, number)
                case .text(let text): Self.bind(text, to: statement, at: index)
                case .blob(let bytes): bytes.withUnsafeBytes { Self.bind($0, to: statement, at: index) }
                case .texts(let texts): Self.bind(Self.jsonArray(of: texts), to: statement, at: index)
                }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    private static func bind(_ text: String, to statement: OpaquePointer, at index: Int32) -> Int32 {
        // An empty string may have no address, which SQLite would treat as NULL.
        guard !text.isEmpty else { return sqlite3_bind_text(statement, index, "", 0, transient) }
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), transient)
            }
        }
    }

    private static func bind(_ bytes: UnsafeRawBufferPointer, to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), transient)
    }

    private static func jsonArray(of texts: [String]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
        return writer.text
    }

    /// Whether the statement has another row.
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> SQLError {
        let connection = database.sqliteConnection
        return SQLError(
            extendedCode: connection.map(sqlite3_extended_errcode) ?? code,
            message: sqlite3_errmsg(connection).map { String(cString: $0) } ?? "SQLite error \(code)")
    }

    private func translatingErrors<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            throw SQLError.translate(error)
        }
    }

    /// SQLITE_TRANSIENT: SQLite makes its own copy, so that no pointer outlives its closure.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
