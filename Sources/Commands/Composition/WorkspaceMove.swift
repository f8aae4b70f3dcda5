import Foundation
import PostgreSQLDriver
import SQL
import SQLStore
import SQLiteDriver

/// Copies a whole workspace from one database to another, for `ferry migrate`.
public struct WorkspaceMove: Sendable {
    /// The progress of a copy.
    public struct Progress: Equatable, Sendable {
        /// Whether rows are being verified, after copying.
        public let isVerifying: Bool
        /// The current table.
        public let table: String
        /// Processed rows of all tables in this phase.
        public let done: Int
        /// Rows of all tables.
        public let total: Int
    }

    /// A copied table, and its rows.
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
    /// - Throws: `ConfigurationError` for an invalid address.
    public init(from source: String, to destination: String) throws {
        self.source = try WorkspaceConfiguration.Database(address: source, key: "--from")
        self.destination = try WorkspaceConfiguration.Database(address: destination, key: "--to")
    }

    /// Copies and verifies everything; the source stays unchanged.
    ///
    /// - Parameter onProgress: called after each page of rows, on any thread.
    /// - Returns: every table, including those without rows.
    /// - Throws: `ConfigurationError`, `WorkspaceCopyError` or `SQLError`, which `StartFailure` explains;
    ///   `CancellationError`.
    public func run(onProgress: @escaping @Sendable (Progress) -> Void) async throws -> [Table] {
        try await checkAddresses()
        umask(0o077)
        return try await Self.with(source) { from in
            // An unreadable source must not leave an empty destination file.
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
            // The original failure is more informative than one of closing.
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
            advice: "This is the database of --from. Choose another.")
    }

    private static func open(_ database: WorkspaceConfiguration.Database) throws -> any SQLDatabase {
        switch database {
        case .sqlite(let path): try SQLiteDatabase(path: path)
        // A lost connection also loses the lock, so nothing is retried.
        case .postgreSQL(let url): PostgreSQLDatabase(url: url, access: .exclusive, attempts: 1)
        }
    }

    private static func isSameFile(_ path: String, _ other: String) -> Bool {
        guard let first = identity(of: path), let second = identity(of: other) else { return false }
        return first == second
    }

    /// The device and inode of a file; nil if it does not exist.
    private static func identity(of path: String) -> [NSNumber]? {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        // A file that does not exist differs from any other.
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard let device = attributes?[.systemNumber] as? NSNumber,
            let number = attributes?[.systemFileNumber] as? NSNumber
        else { return nil }
        return [device, number]
    }
}
