import Foundation
import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import SQLiteDriver
import Testing

@Suite("Given a database and its migrations")
struct MigrationTests {
    private static func withDatabase(_ test: (SQLiteDatabase, String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString).sqlite").path
        let database = try SQLiteDatabase(path: path)
        try await test(database, path)
        try await database.close()
        for suffix in ["", "-wal", "-shm", ".lock"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    private static func table(_ number: Int, _ name: String) -> Migration {
        Migration(number: number, name: name) { "CREATE TABLE \(name) (x \($0.types.integer))\($0.types.tableSuffix);" }
    }

    @Test func `when some are missing, then those are applied, once`() async throws {
        try await Self.withDatabase { database, _ in
            let first = try await Migrator([Self.table(1, "a")]).migrate(database)
            let second = try await Migrator([Self.table(1, "a"), Self.table(2, "b")]).migrate(database)
            let third = try await Migrator([Self.table(1, "a"), Self.table(2, "b")]).migrate(database)

            #expect([first, second, third].map { $0.map(\.number) } == [[1], [2], []])
        }
    }

    @Test func `when the database is newer than the program, then the program rejects it`() async throws {
        try await Self.withDatabase { database, _ in
            _ = try await Migrator([Self.table(1, "a"), Self.table(2, "b")]).migrate(database)

            await #expect(throws: SQLError.self) { try await Migrator([Self.table(1, "a")]).migrate(database) }
        }
    }

    @Test func `when an applied one was changed, then the program rejects the database`() async throws {
        try await Self.withDatabase { database, _ in
            _ = try await Migrator([Self.table(1, "a")]).migrate(database)

            await #expect(throws: SQLError.self) { try await Migrator([Self.table(1, "other")]).migrate(database) }
        }
    }

    @Test func `when one fails, then none of them is applied`() async throws {
        try await Self.withDatabase { database, _ in
            let broken = Migration(number: 2, name: "broken") { _ in "CREATE TABLE a (y INTEGER);" }

            await #expect(throws: SQLError.self) { try await Migrator([Self.table(1, "a"), broken]).migrate(database) }

            let applied = try await Migrator([Self.table(1, "a")]).migrate(database)
            #expect(applied.count == 1)
        }
    }

    @Test func `when a transaction is committed, then it is synced to the disk`() async throws {
        try await Self.withDatabase { database, _ in
            let level = try await database.write { try $0.integer("PRAGMA synchronous") }

            // 2 is FULL.
            #expect(level == 2)
        }
    }

    @Test func `when it is closed, then everything is in the one file`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString).sqlite").path
        let database = try SQLiteDatabase(path: path)
        _ = try await Migrator([Self.table(1, "a")]).migrate(database)

        try await database.close()

        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        for file in [path, path + ".lock"] { try FileManager.default.removeItem(atPath: file) }
    }

    @Test func `when a second process opens the file, then it reports the owner`() async throws {
        try await Self.withDatabase { _, path in
            let error = #expect(throws: SQLError.self) { try SQLiteDatabase(path: path) }

            guard case .unavailable(let message) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.contains("already in use by process \(ProcessInfo.processInfo.processIdentifier)"))
        }
    }
}
