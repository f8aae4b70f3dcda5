import ImportFixtures
import SQL
import Testing

@Suite("Given rows that go into a table while the next are made")
struct RowSinkTests {
    private struct Refusal: Error {}

    /// Rows before the failure: all still buffered, or many already sent.
    @Test(arguments: StoreKind.allCases, [1, 20_000])
    func `when making one fails, then none exists and the connection continues`(
        kind: StoreKind, rowsBefore: Int
    ) async throws {
        let store = try await TestStore.open(kind, clock: TestClock())
        try await store.database.write { try $0.run(script: "CREATE TABLE people (name TEXT)") }

        await #expect(throws: Refusal.self) {
            try await store.database.write { connection in
                try connection.insert(into: "people", columns: ["name"]) { rows in
                    for number in 1...rowsBefore { try rows.append(.text("somebody \(number)")) }
                    throw Refusal()
                }
            }
        }
        let found = try await store.database.write { connection in
            try connection.insert(into: "people", columns: ["name"]) { try $0.append(.text("Ann")) }
            return try connection.rows("SELECT name FROM people") { $0.text(0) }
        }

        #expect(found == ["Ann"])
        try await store.remove()
    }

    @Test(arguments: StoreKind.allCases)
    func `when there are none, then nothing is inserted and the connection continues`(kind: StoreKind) async throws {
        let store = try await TestStore.open(kind, clock: TestClock())
        let count = try await store.database.write { connection in
            try connection.run(script: "CREATE TABLE people (name TEXT)")
            try connection.insert(into: "people", columns: ["name"]) { _ in }
            return try connection.integer("SELECT count(*) FROM people")
        }

        #expect(count == 0)
        try await store.remove()
    }
}
