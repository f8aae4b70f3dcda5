import CPQ
import Glibc
import SQL

/// One connection to a server, used from one thread at a time.
final class PostgreSQLSession {
    /// The name in the server's list of connections.
    static let applicationName = "ferry"

    private let url: String
    /// Its access to the workspace; nil for none.
    private let access: PostgreSQLDatabase.Access?
    private var connection: OpaquePointer?
    /// When the server started, by its own clock; a different time means a restart.
    private(set) var serverStart: String?
    /// The names of prepared statements, by text.
    private var prepared: [String: String] = [:]

    init(url: String, access: PostgreSQLDatabase.Access?) {
        self.url = url
        self.access = access
    }

    deinit { disconnect() }

    /// Ends the connection.
    func disconnect() {
        if let connection { PQfinish(connection) }
        connection = nil
        prepared = [:]
    }

    /// Connects, unless it is connected.
    ///
    /// Only this method connects: a statement inside a transaction must never run on a new connection, which lacks the
    /// transaction.
    func connect() throws {
        if let connection, PQstatus(connection) == CONNECTION_OK { return }
        disconnect()
        connection = try PostgreSQLAddress.connect(to: url)
        do {
            try run(access == .exclusive ? Self.patientSettings : Self.settings)
            if let access { try take(access) }
            let start = try query("SELECT pg_postmaster_start_time()::text", [])
            serverStart = start.rowCount == 1 ? start.row(0).optionalText(0) : nil
        } catch {
            disconnect()
            throw error
        }
    }

    /// Runs statements without values.
    func run(_ script: String) throws {
        let connection = try connected()
        _ = try result(PQexec(connection, script))
    }

    /// Runs a statement, prepared once per connection.
    func query(_ text: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        let connection = try connected()
        let name = try preparedName(of: text, on: connection)
        return try PostgreSQLParameters.withPointers(to: values) { pointers in
            try result(PQexecPrepared(connection, name, Int32(values.count), pointers, nil, nil, 0))
        }
    }

    /// Copies rows into a table in bulk.
    func copy(into table: String, columns: [String], rows: (CopiedRows) throws -> Void) throws {
        let connection = try connected()
        var hasBegun = false
        do {
            let sink = CopiedRows { piece in
                if !hasBegun {
                    let columns = columns.joined(separator: ", ")
                    _ = try self.result(PQexec(connection, "COPY \(table) (\(columns)) FROM STDIN"))
                    hasBegun = true
                }
                try self.send(piece, over: connection)
            }
            try rows(sink)
            try sink.flush()
        } catch {
            guard hasBegun else { throw error }
            PQputCopyEnd(connection, "Ferry could not write a row.")
            drain(connection)
            throw error
        }
        // No rows were sent.
        guard hasBegun else { return }
        guard PQputCopyEnd(connection, nil) == 1 else { throw failure(on: connection) }
        defer { drain(connection) }
        _ = try result(PQgetResult(connection))
    }

    /// A process that stops between two statements must not hold its locks longer than a lease. The server has no such
    /// limit while rows are transferred: other processes end such transactions
    /// (`PostgreSQLDatabase.endStalledTransactions`).
    ///
    /// Statements are prepared, and their plans cached, while the tables of a new workspace are nearly empty. A
    /// sequential scan looks cheapest then, and the plan would still be used for a million rows. Columns without an
    /// index are still scanned, but without JIT.
    private static let settings = """
        SET enable_seqscan = off;
        SET jit = off;
        SET client_min_messages = warning;
        SET statement_timeout = '60s';
        SET idle_in_transaction_session_timeout = '10s';
        SET application_name = '\(applicationName)';
        """

    /// A reader of a whole workspace waits for the writer of the copy.
    private static let patientSettings = """
        SET client_min_messages = warning;
        SET statement_timeout = 0;
        SET idle_in_transaction_session_timeout = 0;
        SET application_name = 'ferry migrate';
        """

    private func send(_ text: [UInt8], over connection: OpaquePointer) throws {
        let sent = text.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { PQputCopyData(connection, $0.baseAddress, Int32($0.count)) }
        }
        guard sent == 1 else { throw failure(on: connection) }
    }

    private func drain(_ connection: OpaquePointer) {
        while let rest = PQgetResult(connection) { PQclear(rest) }
    }

    private func preparedName(of text: String, on connection: OpaquePointer) throws -> String {
        if let name = prepared[text] { return name }
        let name = "s\(prepared.count)"
        _ = try result(PQprepare(connection, name, text, 0, nil))
        prepared[text] = name
        return name
    }

    private func connected() throws -> OpaquePointer {
        guard let connection, PQstatus(connection) == CONNECTION_OK else { throw failure(on: connection) }
        return connection
    }

    private func result(_ pointer: OpaquePointer?) throws -> PostgreSQLResult {
        guard let pointer else { throw failure(on: connection) }
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN: return PostgreSQLResult(pointer)
        default:
            defer { PQclear(pointer) }
            // PG_DIAG_SQLSTATE, PG_DIAG_CONSTRAINT_NAME: character macros, which Swift does not import.
            let state = PQresultErrorField(pointer, 67).map { String(cString: $0) }
            throw PostgreSQLError(
                sqlState: state, message: Self.text(PQresultErrorMessage(pointer)),
                constraint: PQresultErrorField(pointer, 110).map { String(cString: $0) })
        }
    }

    private func failure(on connection: OpaquePointer?) -> PostgreSQLError {
        PostgreSQLError(
            sqlState: nil, message: connection == nil ? "not connected" : Self.text(PQerrorMessage(connection)),
            constraint: nil)
    }

    private static func text(_ message: UnsafePointer<CChar>?) -> String { PostgreSQLError.text(message) }
}
