import Foundation
import PostgreSQLDriver
import SQL
import SQLStore
import SQLiteDriver

/// A whole workspace that goes from one database to another: what `ferry migrate` does.
public struct WorkspaceMove: Sendable {
    /// How far a move has come.
    public struct Progress: Equatable, Sendable {
        /// Whether rows are being read back; before that they are being copied.
        public let isVerifying: Bool
        /// The table in hand.
        public let table: String
        /// Rows of all tables that are done in this phase.
        public let done: Int
        /// Rows of all tables.
        public let total: Int
    }

    /// A table that was moved, and its rows.
    public struct Table: Codable, Equatable, Sendable {
        /// The table's name.
        public let name: String
        /// How many rows both databases have.
        public let rows: Int
    }

    private let source: WorkspaceConfiguration.Database
    private let destination: WorkspaceConfiguration.Database

    /// A move between two addresses.
    ///
    /// - Throws: `ConfigurationError` for an address that is none.
    public init(from source: String, to destination: String) throws {
        self.source = try WorkspaceConfiguration.Database(address: source, key: "--from")
        self.destination = try WorkspaceConfiguration.Database(address: destination, key: "--to")
    }

    /// Moves and verifies everything; the source stays as it is.
    ///
    /// - Parameter onProgress: is called after each page of rows, on any thread.
    /// - Returns: every table, also those without rows.
    /// - Throws: `ConfigurationError`, `WorkspaceCopyError` or `SQLError`, for which `StartFailure` has sentences;
    ///   `CancellationError`.
    public func run(onProgress: @escaping @Sendable (Progress) -> Void) async throws -> [Table] {
        try await checkAddresses()
        umask(0o077)
        return try await Self.with(source) { from in
            // A source that cannot be read must not leave an empty file where the destination would be.
            try await from.read { _ in }
            return try await Self.with(destination) { to in
                let report = try await WorkspaceCopy(from: from, to: to) { progress in
                    onProgress(
                        Progress(
                            isVerifying: progress.phase == .verifying, table: progress.table, done: progress.done,
                            total: progress.total))
                }.run()
                return report.tables.map { Table(name: $0.name, rows: $0.rows) }
            }
        }
    }

    private static func with<Result>(
        _ database: WorkspaceConfiguration.Database, _ body: (any SQLDatabase) async throws -> Result
    ) async throws -> Result {
        let database = try open(database)
        do {
            let result = try await body(database)
            try await database.close()
            return result
        } catch {
            // The failure that is on its way already says more than one of closing.
            try? await database.close()
            throw error
        }
    }

    private func checkAddresses() async throws {
        if case .sqlite(let path) = source, !FileManager.default.fileExists(atPath: path) {
            throw ConfigurationError(key: "--from", value: "sqlite:\(path)", advice: "There is no such file.")
        }
        switch (source, destination) {
        case (.sqlite(let path), .sqlite(let other)) where Self.isSameFile(path, other):
            throw Self.sameDatabase("sqlite:\(other)")
        case (.postgreSQL(let url), .postgreSQL(let other)):
            guard try await !PostgreSQLDatabase.isSame(url, as: other) else { throw Self.sameDatabase(other) }
        default: break
        }
    }

    private static func sameDatabase(_ address: String) -> ConfigurationError {
        ConfigurationError(
            key: "--to", value: AddressText.withoutSecrets(address),
            advice: "That is the database of --from. Choose another.")
    }

    private static func open(_ database: WorkspaceConfiguration.Database) throws -> any SQLDatabase {
        switch database {
        case .sqlite(let path): try SQLiteDatabase(path: path)
        // A copy that lost its connection lost its lock as well, so nothing is tried twice.
        case .postgreSQL(let url): PostgreSQLDatabase(url: url, access: .exclusive, attempts: 1)
        }
    }

    private static func isSameFile(_ path: String, _ other: String) -> Bool {
        guard let first = identity(of: path), let second = identity(of: other) else { return false }
        return first == second
    }

    /// The device and the number of a file there; nil for a path that leads to none.
    private static func identity(of path: String) -> [NSNumber]? {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        // A file that does not exist yet is not the same as any other.
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard let device = attributes?[.systemNumber] as? NSNumber,
            let number = attributes?[.systemFileNumber] as? NSNumber
        else { return nil }
        return [device, number]
    }
}
