public import DirectoryFileStore
public import Foundation
public import ImportDomain
import PostgreSQLDriver
public import SQL
public import SQLStore
import SQLiteDriver
public import Testing

/// The databases for tests of stores.
public enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// One file, one process.
    case sqlite
    /// A server; `scripts/with-postgres` starts one for the tests.
    case postgresql

    /// The database's name in test reports.
    public var testDescription: String { rawValue }
}

/// An empty workspace that is removed with its test.
public final class TestStore: Sendable {
    /// The database.
    public let database: any SQLDatabase
    /// The store.
    public let store: WorkspaceStore
    /// The directory of its files, if any.
    public let directory: URL
    /// The store of files.
    public let files: DirectoryFileStore
    /// The database's address: the file's path, or the server's address.
    public let address: String
    /// Its PostgreSQL schema.
    private let schema: String?

    /// Opens a new workspace.
    public static func open(_ kind: StoreKind, clock: any WallClock) async throws -> TestStore {
        let name = "ferry_test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        let directory = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let files = try await DirectoryFileStore(at: directory.appending(path: "files").path, threads: 1)
        switch kind {
        case .sqlite:
            let path = directory.appending(path: "ferry.sqlite").path
            let database = try SQLiteDatabase(path: path)
            return TestStore(
                database: database, store: try await WorkspaceStore.open(database, clock: clock), directory: directory,
                files: files, address: path, schema: nil)
        case .postgresql:
            let server = PostgreSQLDatabase(url: try postgreSQLAddress(), connections: 1)
            try await server.write { try $0.run(script: "CREATE SCHEMA \(name)") }
            try await server.close()
            let address = try postgreSQLAddress() + "?options=-csearch_path%3D\(name)"
            let database = PostgreSQLDatabase(url: address, connections: 4)
            return TestStore(
                database: database, store: try await WorkspaceStore.open(database, clock: clock), directory: directory,
                files: files, address: address, schema: name)
        }
    }

    /// A scratch workspace for a check.
    ///
    /// - Parameter rules: statements that make it reject values.
    public static func openScratch(
        in directory: String, clock: any WallClock, rules: String = ""
    ) async throws -> any ScratchWorkspace {
        let database = try await SQLiteScratchDatabase.open(in: directory)
        let store = try await ScratchStore.open(database, clock: clock)
        if !rules.isEmpty { try await database.write { try $0.run(script: rules) } }
        return store
    }

    /// The server that `scripts/with-postgres` has started.
    ///
    /// - Throws: `MissingServer`: skipping half of the tests would look like success.
    public static func postgreSQLAddress() throws -> String {
        guard let address = ProcessInfo.processInfo.environment["FERRY_TEST_POSTGRES"] else { throw MissingServer() }
        return address
    }

    /// No PostgreSQL server was started for the tests.
    public struct MissingServer: Error, CustomStringConvertible {
        /// What to do.
        public let description = "Run the tests with scripts/test, or with scripts/with-postgres swift test."
    }

    private init(
        database: any SQLDatabase, store: WorkspaceStore, directory: URL, files: DirectoryFileStore, address: String,
        schema: String?
    ) {
        self.database = database
        self.store = store
        self.directory = directory
        self.files = files
        self.address = address
        self.schema = schema
    }

    /// Expires every lease, on either clock.
    public func expireLeases() async throws {
        try await database.write {
            for table in ["import_batches", "import_operations", "downloads"] {
                try $0.execute("UPDATE \(name: table) SET lease_expires_at = 0 WHERE lease_owner IS NOT NULL")
            }
        }
    }

    /// Whether a lease that `expireLeases` ended was not renewed yet.
    public func hasExpiredLeases() async throws -> Bool {
        try await database.read { connection in
            try ["import_batches", "import_operations", "downloads"].contains { table in
                try connection.integer(
                    "SELECT count(*) FROM \(name: table) WHERE lease_owner IS NOT NULL AND lease_expires_at = 0") > 0
            }
        }
    }

    /// Ages all intakes by an hour.
    public func forgetIntakes() async throws {
        try await database.write { _ = try $0.execute("UPDATE import_batches SET staged_at = 0 WHERE accepted = 0") }
    }

    /// Makes every delayed download due.
    public func makeDownloadsDue() async throws {
        try await database.write { _ = try $0.execute("UPDATE downloads SET due_at = 0 WHERE due_at IS NOT NULL") }
    }

    /// Closes the store and removes what it wrote.
    public func remove() async throws {
        if let schema { try await database.write { try $0.run(script: "DROP SCHEMA \(schema) CASCADE") } }
        try await store.close()
        await files.close()
        try FileManager.default.removeItem(at: directory)
    }

    /// Every row of every table but those that checks fill.
    public func rows() async throws -> [String: [String]] {
        try await database.read { connection in
            let names = try connection.tableNames().subtracting(["import_checks", "import_check_pages"])
            return try connection.shapes(of: Array(names)).mapValues { shape in
                try connection.rows("SELECT \(names: shape.columns.map(\.name)) FROM \(name: shape.name)") { row in
                    shape.columns.enumerated().map { "\($1.name)=\(row.value($0, as: $1.kind))" }
                        .joined(separator: " ")
                }.sorted()
            }
        }
    }

    /// The bytes of every file of the workspace.
    public func contents() throws -> [Data] {
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: [.isRegularFileKey])
        return try (files?.compactMap { $0 as? URL } ?? [])
            .filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false }
            .map { try Data(contentsOf: $0) }
    }
}
