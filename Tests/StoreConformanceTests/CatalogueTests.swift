import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import SQLStore

@Suite("Given the tables that the migrations make")
struct CatalogueTests {
    private static func reading<Result: Sendable>(
        _ kind: StoreKind, _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let files = try await TestStore.open(kind, clock: TestClock())
        let result = try await files.database.read(work)
        try await files.remove()
        return result
    }

    @Test(arguments: StoreKind.allCases)
    func `when one is added, then a copy of the workspace knows it`(kind: StoreKind) async throws {
        let tables = try await Self.reading(kind) { try $0.tableNames() }

        // Add a missing table to WorkspaceTable.all.
        #expect(tables.subtracting(["migrations"]) == Set(WorkspaceTable.all.map(\.name)))
        #expect(WorkspaceTable.all.count == tables.count - 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `when statements list the columns of a table, then those are the columns that it has`(
        kind: StoreKind
    ) async throws {
        let shapes = try await Self.reading(kind) { try $0.shapes(of: WorkspaceTable.all.map(\.name)) }

        for table in WorkspaceTable.all {
            #expect(table.columns.sorted() == shapes[table.name]?.columns.map(\.name), "\(table.name)")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `when statistics are refreshed, then every table of them is there`(kind: StoreKind) async throws {
        let tables = try await Self.reading(kind) { try $0.tableNames() }

        #expect(tables.isSuperset(of: WorkspaceTable.analyzed))
    }

    @Test func `when both databases are asked, then they describe the same columns and keys`() async throws {
        let names = WorkspaceTable.all.map(\.name)

        let sqlite = try await Self.reading(.sqlite) { try $0.shapes(of: names) }
        let postgreSQL = try await Self.reading(.postgresql) { try $0.shapes(of: names) }

        #expect(sqlite == postgreSQL)
        #expect(sqlite["import_batches"]?.columns.filter(\.isIdentity).map(\.name) == ["number"])
        #expect(sqlite["import_batches"]?.key.map(\.name) == ["number"])
        #expect(sqlite["role_permissions"]?.key.map(\.name) == ["permission_id", "role_id"])
    }

    @Test(arguments: StoreKind.allCases)
    func `when they are read in pages, then each has a key, or values in every column`(kind: StoreKind) async throws {
        let shapes = try await Self.reading(kind) { try $0.shapes(of: WorkspaceTable.all.map(\.name)) }

        for table in WorkspaceTable.all {
            let shape = try #require(shapes[table.name])
            #expect(!shape.key.isEmpty || shape.columns.allSatisfy { !$0.isOptional }, "\(table.name)")
            #expect(table.emptied.isSubset(of: Set(shape.columns.filter(\.isOptional).map(\.name))), "\(table.name)")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `when a page ends among equal rows, then none is left out or read twice`(kind: StoreKind) async throws {
        let files = try await TestStore.open(kind, clock: TestClock())
        let subjects = ["a", "b", "b", "b", "b", "c", "é", "e\u{301}", "z"]
        try await files.database.write { connection in
            for subject in subjects {
                try connection.execute("INSERT INTO login_failures (subject, failed_at) VALUES (\(subject), 1)")
            }
        }

        let pages = try await files.database.read { connection in
            let shape = try #require(try connection.shapes(of: ["login_failures"])["login_failures"])
            var pages: [Int] = []
            try TablePages(shape: shape, size: .init(rows: 2)).forEach(on: connection) { pages.append($0.count / 2) }
            return pages
        }

        #expect(pages == [5, 2, 2])
        try await files.remove()
    }

    @Test(arguments: StoreKind.allCases)
    func `when rows are large, then a page holds fewer of them, and one at least`(kind: StoreKind) async throws {
        let files = try await TestStore.open(kind, clock: TestClock())
        try await files.database.write { connection in
            for (id, length) in [("a", 100), ("b", 10), ("c", 10), ("d", 10_000), ("e", 10)] {
                let value = String(repeating: "ä", count: length)
                try connection.execute("INSERT INTO settings (id, kind, value) VALUES (\(id), 'text', \(value))")
            }
        }

        let pages = try await files.database.read { connection in
            let shape = try #require(try connection.shapes(of: ["settings"])["settings"])
            var pages: [Int] = []
            try TablePages(shape: shape, size: .init(weight: 200)).forEach(on: connection) {
                pages.append($0.count / 3)
            }
            return pages
        }

        #expect(pages == [3, 1, 1])
        try await files.remove()
    }

    @Test(arguments: StoreKind.allCases)
    func `when a column holds bytes, then they are read back as they were written`(kind: StoreKind) async throws {
        let files = try await TestStore.open(kind, clock: TestClock())
        let bytes = (0...255).map { UInt8($0) }
        try await files.database.write { connection in
            let type = connection.dialect.isShared ? "BYTEA" : "BLOB"
            try connection.run(script: "CREATE TABLE files (id TEXT PRIMARY KEY, content \(type));")
            try connection.insert(
                BulkInsert(
                    into: "files", columns: ["id", "content"],
                    values: [.text("1"), .blob(bytes), .text("2"), .blob([]), .text("3"), .null]))
        }

        let found = try await files.database.read { connection in
            try connection.rows("SELECT content FROM files ORDER BY id") { $0.value(0, as: .blob) }
        }

        #expect(found == [.blob(bytes), .blob([]), .null])
        try await files.remove()
    }
}
