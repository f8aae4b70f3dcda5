import CPQ
import Glibc
import SQL

/// Checks libpq addresses and connects to them.
enum PostgreSQLAddress {
    /// Rejects an address that libpq would reject or misinterpret.
    ///
    /// libpq's own messages repeat unreadable parts, perhaps of a password, so this check comes first.
    ///
    /// - Throws: `SQLError.refused`.
    static func check(_ address: String) throws {
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? ""
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let signs = rest.count { $0 == "@" }
        let isUnderstood: Bool = {
            guard signs <= 1, signs == authority.count(where: { $0 == "@" }) else { return false }
            var message: UnsafeMutablePointer<CChar>?
            guard let options = PQconninfoParse(address, &message) else {
                PQfreemem(message)
                return false
            }
            PQconninfoFree(options)
            return true
        }()
        guard isUnderstood else {
            throw SQLError.refused(
                message: "The address of the PostgreSQL database cannot be read. Use "
                    + "postgres://user:password@host:port/name, and write @ as %40, / as %2F, ? as %3F and % as %25 in "
                    + "a user or password.")
        }
    }
    /// Defaults that the address overrides. They detect a vanished host or network within half a minute; the system's
    /// defaults may take hours.
    private static let defaults = [
        ("connect_timeout", "10"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "20000"),
    ]

    /// A connection to the server at an address.
    ///
    /// - Throws: `SQLError.refused` for an address that cannot be read, else `PostgreSQLError`.
    static func connect(to address: String) throws -> OpaquePointer {
        try check(address)
        // The address overrides the defaults: libpq parses it from `dbname`.
        let parameters = defaults + [("dbname", address)]
        let keywords = parameters.map { strdup($0.0) }
        let values = parameters.map { strdup($0.1) }
        defer { for text in keywords + values { free(text) } }
        let made = (keywords.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { keywords in
            (values.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { values in
                PQconnectdbParams(keywords.baseAddress, values.baseAddress, 1)
            }
        }
        guard let connection = made else {
            throw PostgreSQLError(sqlState: nil, message: "no memory for a connection", constraint: nil)
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            let message = PostgreSQLError.text(PQerrorMessage(connection))
            PQfinish(connection)
            // The message repeats the value, perhaps part of a password.
            guard !message.hasPrefix("invalid "), !message.hasPrefix("could not match ") else {
                throw SQLError.refused(
                    message: "The address of the PostgreSQL database cannot be used: its port, or an option such as "
                        + "sslmode, has an invalid value. Use postgres://user:password@host:port/name?sslmode=….")
            }
            throw PostgreSQLError(sqlState: sqlState(ofConnectFailure: message), message: message, constraint: nil)
        }
        return connection
    }

    /// libpq reports the reason of a failed connection only as text.
    private static func sqlState(ofConnectFailure message: String) -> String? {
        if message.contains("password authentication failed") || message.contains("no password supplied") {
            return "28P01"
        }
        if message.contains("role \"") || message.contains("no pg_hba.conf entry") { return "28000" }
        if message.contains("database \""), message.contains("does not exist") { return "3D000" }
        return nil
    }
}
