import PostgreSQLDriver
import SQL
import SQLiteDriver

/// Where a workspace is, and how much of the machine it takes.
///
/// Source: docs/configuration.md.
public struct WorkspaceConfiguration: Sendable {
    /// The database of a workspace.
    public enum Database: Equatable, Sendable {
        /// One SQLite file.
        case sqlite(path: String)
        /// A PostgreSQL database, by a libpq address.
        case postgreSQL(url: String)

        /// The database of an address.
        ///
        /// - Parameter key: where the address was given, for the error.
        /// - Throws: `ConfigurationError`.
        init(address: String, key: String) throws {
            if address.hasPrefix("postgres://") || address.hasPrefix("postgresql://") {
                self = .postgreSQL(url: address)
                return
            }
            let path = address.hasPrefix("sqlite:") ? String(address.dropFirst("sqlite:".count)) : ""
            guard !path.isEmpty else {
                // The address may contain a password, so it is not repeated.
                throw ConfigurationError(
                    key: key, value: String(address.prefix { $0 != ":" }) + ":…",
                    advice: "Use sqlite: and the path of a file, or postgres://user:password@host:port/name.")
            }
            self = .sqlite(path: path)
        }

        /// Opens the database; nothing is read yet.
        ///
        /// - Parameter connections: the maximum of simultaneous transactions, for PostgreSQL.
        func open(connections: Int) throws -> any SQLDatabase {
            switch self {
            case .sqlite(let path): try SQLiteDatabase(path: path)
            case .postgreSQL(let url): PostgreSQLDatabase(url: url, connections: connections)
            }
        }
    }

    /// The database.
    public var database: Database
    /// The directory of files that belong to the workspace.
    public var dataDirectory: String
    /// How many import workers run in this process.
    public var workers: Int
    /// How many threads hash passwords of imported users; nil for one per processor.
    public var hashingThreads: Int?
}
