import SQL

/// A failure of the server or libpq, before translation.
struct PostgreSQLError: Error {
    /// The five characters of the SQL standard; nil when the connection itself failed.
    let sqlState: String?
    /// libpq's message; it never contains a password.
    let message: String
    /// The constraint that rejected a row.
    let constraint: String?

    /// Whether a retry of the transaction may succeed.
    var isWorthAnotherTry: Bool { ["40001", "40P01", "55P03"].contains(sqlState) }

    /// The server ends the connection, or is read-only after a failover: the address now belongs to another server.
    private static let connectionEnds: Set<String> = [
        "57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "25006",
    ]

    /// Whether the server reports a crash or a recovery.
    var tellsOfCrash: Bool { sqlState == "57P02" || message.contains("in recovery mode") }

    /// Whether the connection is lost.
    var isConnectionLost: Bool {
        guard let sqlState else { return true }
        return sqlState.hasPrefix("08") || Self.connectionEnds.contains(sqlState)
    }

    /// libpq's message in one line.
    static func text(_ message: UnsafePointer<CChar>?) -> String {
        let text = message.map { String(cString: $0) } ?? "unknown failure"
        return text.split(separator: "\n").joined(separator: " ")
    }

    /// The failure as an `SQLError`.
    var shared: SQLError {
        switch sqlState {
        case "23505": .uniqueViolation(constraint: constraint ?? message)
        case "53100": .full(message: message)
        case "XX001", "XX002": .corrupt(message: message)
        case nil: .unavailable(message: "The PostgreSQL server cannot be reached: \(message)")
        case "28P01", "28000":
            .refused(
                message: "The PostgreSQL server rejects the user or password of the database's address: \(message)")
        case "3D000": .refused(message: "The database of the address does not exist: \(message)")
        case "57014": .unavailable(message: "A statement took too long and was stopped: \(message)")
        case let state? where isConnectionLost || state.hasPrefix("53"): .unavailable(message: message)
        // Data exceptions, constraint violations, and limits such as the largest index entry.
        case let state? where ["22", "23", "54"].contains(where: state.hasPrefix): .invalidValue(message: message)
        default: .failed(message: message)
        }
    }
}
