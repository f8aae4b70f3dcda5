import ImportFixtures
import SQL
import Testing

@Suite("Given a statement that was prepared while its table had one row")
struct StatementPlanTests {
    @Test func `when the table has grown on PostgreSQL, then the statement uses the index`() async throws {
        let store = try await TestStore.open(.postgresql, clock: TestClock())
        let scans = try await store.database.write { connection in
            try connection.run(
                script: """
                    CREATE TABLE people (id TEXT COLLATE "C" PRIMARY KEY, name TEXT);
                    INSERT INTO people VALUES ('0', 'Ann');
                    ANALYZE people;
                    """)
            func names(of ids: [String]) throws -> [String] {
                try connection.rows("SELECT name FROM people WHERE id \(in: ids)") { $0.text(0) }
            }
            // The server replans a statement for its first five runs, and may cache a plan from then on.
            for _ in 0..<10 { _ = try names(of: ["0"]) }
            try connection.insert(into: "people", columns: ["id", "name"]) { rows in
                for number in 1...20_000 { try rows.append(.text("\(number)"), .text("Ann")) }
            }
            func scans() throws -> Int64 {
                try connection.integer("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'people'")
            }
            let before = try scans()
            _ = try names(of: ["7", "19000"])
            return try scans() - before
        }

        #expect(scans == 0)
        try await store.remove()
    }

    @Test func `when the table has grown on SQLite, then statements use the index`() async throws {
        let store = try await TestStore.open(.sqlite, clock: TestClock())
        func plan() async throws -> String {
            try await store.database.read { connection in
                try connection.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT count(*) FROM people AS person
                    JOIN people AS other ON other.name = person.id
                    """
                ) { $0.text(3) }.joined(separator: "\n")
            }
        }
        func add(_ numbers: ClosedRange<Int>) async throws {
            try await store.database.write { connection in
                try connection.insert(into: "people", columns: ["id", "name"]) { rows in
                    for number in numbers { try rows.append(.text("\(number)"), .text("name \(number)")) }
                }
            }
            // SQLite analyzes tables that were read since.
            _ = try await store.database.write { try $0.integer("SELECT count(*) FROM people WHERE name = '1'") }
            try await store.database.analyze([])
        }
        func analyzedTables() async throws -> Int64 {
            try await store.database.read {
                try $0.integer("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'people'")
            }
        }
        try await store.database.write {
            try $0.run(
                script: "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT); CREATE INDEX by_name ON people (name);")
        }

        try await add(0...0)
        #expect(try await analyzedTables() == 0)
        #expect(try await plan().contains("SEARCH"))
        try await add(1...20_000)
        #expect(try await analyzedTables() > 0)
        #expect(try await plan().contains("SEARCH"))

        try await store.remove()
    }
}
