import ImportDomain
import ImportFixtures
import SQL
import Testing

@Suite("Given a value that the database does not accept", .onEveryStore)
struct RejectedValueTests {
    @Test func `when it is written, then the error is about the value, and not about the database`() async throws {
        let store = try await TestStore.open(.current, clock: TestClock())
        var reported: (any Error)?
        do {
            try await store.database.write { connection in
                _ = try connection.execute("INSERT INTO settings (id, kind, value) VALUES ('x', NULL, 'y')")
            }
        } catch {
            reported = error
        }

        guard case SQLError.invalidValue? = reported else {
            Issue.record("reported: \(String(describing: reported))")
            return
        }
        try await store.remove()
    }

    @Test func `when pages of staged users are read, then each is found through an index`() async throws {
        let store = try await TestStore.open(.current, clock: TestClock())
        let isPostgreSQL = StoreKind.current == .postgresql
        let plan = try await store.database.write { connection in
            // Without rows the planner prefers a sequential scan.
            if isPostgreSQL { try connection.run(script: "SET LOCAL enable_seqscan = off") }
            let explain: SQLQuery = isPostgreSQL ? "EXPLAIN " : "EXPLAIN QUERY PLAN "
            return try connection.rows(
                explain + """
                    SELECT sequence, import_id, document FROM import_records
                    WHERE operation_id = \("o") AND record_type = \("user") AND state <> 'pending' AND sequence > \(7)
                    ORDER BY sequence LIMIT \(100)
                    """
            ) { $0.text(isPostgreSQL ? 0 : 3) }.joined(separator: "\n")
        }

        #expect(plan.contains("import_records_kept"))
        #expect(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"))
        try await store.remove()
    }
}
