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
            serverStart = try value("SELECT pg_postmaster_start_time()::text")
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

    /// The one value of a statement; nil for NULL.
    private func value(_ text: String, _ values: [SQLValue] = []) throws -> String? {
        let result = try query(text, values)
        return result.rowCount == 1 ? result.row(0).optionalText(0) : nil
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

    // MARK: Commits

    /// How long to ask the server for the outcome of a commit; it may be restarting.
    private static let patience: Duration = .seconds(30)

    /// Commits. After a lost connection, asks the server for the outcome.
    ///
    /// - Throws: `PostgreSQLError` if nothing was written, or `SQLError.outcomeUnknown`.
    func commit() throws {
        // Nothing was written, so the outcome does not matter.
        let transaction = try value("SELECT pg_current_xact_id_if_assigned()::text")
        do {
            try run("COMMIT")
        } catch let error as PostgreSQLError where error.isConnectionLost {
            let serverStart = serverStart
            disconnect()
            guard let transaction else { throw error }
            guard try isCommitted(transaction, since: serverStart, mayHaveCrashed: error.tellsOfCrash) else {
                throw error
            }
        }
    }

    /// Asks until the answer is final: a starting server does not respond, and one that has not detected the lost
    /// connection may still commit.
    ///
    /// A crashed server may assign the number of a lost transaction again. "Committed" may then refer to another
    /// transaction; all other answers mean that this one was not committed.
    private func isCommitted(_ transaction: String, since serverStart: String?, mayHaveCrashed: Bool) throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        var pause: UInt32 = 20_000
        var mayHaveCrashed = mayHaveCrashed
        var reason = "the server has not finished it"
        while true {
            do {
                try connect()
                mayHaveCrashed = mayHaveCrashed || self.serverStart != serverStart
                let status = try status(of: transaction)
                if status == "committed", !mayHaveCrashed { return true }
                if status == "committed" { break }
                if status != "in progress" || mayHaveCrashed { return false }
            } catch {
                // Any error here leaves the outcome unknown, even a rejection.
                disconnect()
                mayHaveCrashed = mayHaveCrashed || (error as? PostgreSQLError)?.tellsOfCrash == true
                reason = (error as? PostgreSQLError)?.message ?? "\(error)"
            }
            guard ContinuousClock.now < deadline else { break }
            usleep(pause)
            pause = min(pause * 2, 1_000_000)
        }
        throw SQLError.outcomeUnknown(
            message:
                "The connection to the PostgreSQL server was lost during a commit, and its outcome is "
                + "unknown: \(mayHaveCrashed ? "the server started again" : reason)")
    }

    /// The server's status of a transaction; nil for an unknown one.
    private func status(of transaction: String) throws -> String? {
        do {
            return try value("SELECT pg_xact_status($1::xid8)", [.text(transaction)])
        } catch let error as PostgreSQLError where error.sqlState == "22023" {
            // "in the future"
            return nil
        }
    }

    // MARK: Access

    /// A unique number, combined with the schema: a database may have several workspaces.
    private static let workspaceLock = SQLValue.integer(4_649_727_280)

    /// Holds the advisory lock for this access mode until the connection closes.
    ///
    /// - Throws: `SQLError.unavailable` if an incompatible process uses the workspace.
    private func take(_ access: PostgreSQLDatabase.Access) throws {
        switch access {
        case .shared:
            guard try holdsLock("pg_try_advisory_lock_shared", Self.workspaceLock) else {
                throw SQLError.unavailable(
                    message: "`ferry migrate` is copying the workspace in the PostgreSQL database. Start again when it "
                        + "is done.")
            }
        case .exclusive:
            guard try holdsLock("pg_try_advisory_lock", Self.workspaceLock) else {
                throw SQLError.unavailable(
                    message: "The workspace in the PostgreSQL database is in use: `ferry serve`, or another "
                        + "`ferry migrate`, is connected to it. Stop every one and run the command again.")
            }
        }
    }

    /// The transactions of this workspace that hold locks while the server has waited for their client longer than
    /// `age`. The lock of the access mode identifies connections of the workspace.
    func waitingTransactions(olderThan age: Duration) throws -> [WaitingTransaction] {
        let result = try query(
            """
            SELECT activity.pid, activity.query_start::text, progress.bytes_processed
            FROM pg_stat_activity activity LEFT JOIN pg_stat_progress_copy progress ON progress.pid = activity.pid
            WHERE activity.datname = current_database() AND activity.usename = current_user
                AND activity.pid <> pg_backend_pid() AND activity.application_name = '\(Self.applicationName)'
                AND activity.backend_xid IS NOT NULL AND activity.wait_event_type = 'Client'
                AND CASE activity.state WHEN 'active' THEN activity.query_start ELSE activity.state_change END
                    < clock_timestamp() - $1 * interval '1 millisecond'
                AND EXISTS (
                    SELECT 1 FROM pg_locks held
                    WHERE held.pid = activity.pid AND held.locktype = 'advisory' AND held.objsubid = 1
                        AND (held.classid::bigint << 32) | held.objid::bigint
                            = hashtextextended(coalesce(current_schema(), ''), $2))
            """, [.real(age / .milliseconds(1)), Self.workspaceLock])
        return (0..<result.rowCount).map { index in
            let row = result.row(index)
            return WaitingTransaction(
                process: row.integer(0), statement: row.text(1), copiedBytes: row.isNull(2) ? nil : row.integer(2))
        }
    }

    func takesLock(_ seed: SQLValue) throws -> Bool {
        try connect()
        return try holdsLock("pg_try_advisory_lock", seed)
    }

    private func holdsLock(_ function: StaticString, _ number: SQLValue) throws -> Bool {
        try value("SELECT \(function)(hashtextextended(coalesce(current_schema(), ''), $1))", [number]) == "t"
    }

    // MARK: Settings

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

    // MARK: libpq

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
                sqlState: state, message: PostgreSQLError.text(PQresultErrorMessage(pointer)),
                constraint: PQresultErrorField(pointer, 110).map { String(cString: $0) })
        }
    }

    private func failure(on connection: OpaquePointer?) -> PostgreSQLError {
        PostgreSQLError(
            sqlState: nil,
            message: connection == nil ? "not connected" : PostgreSQLError.text(PQerrorMessage(connection)),
            constraint: nil)
    }
}
