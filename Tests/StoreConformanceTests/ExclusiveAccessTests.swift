import ImportFixtures
import PostgreSQLDriver
import SQL
import Testing

@Suite("Given a workspace in PostgreSQL that several programs want")
struct ExclusiveAccessTests {
    private static func isRefused(_ database: PostgreSQLDatabase) async throws -> String? {
        do {
            _ = try await database.read { try $0.integer("SELECT 1") }
            return nil
        } catch SQLError.unavailable(let message) {
            return message
        }
    }

    /// As above, once the sessions of closed databases have ended: the server ends them a moment later.
    private static func lastRefusal(_ database: PostgreSQLDatabase) async throws -> String? {
        var refusal = try await isRefused(database)
        for _ in 0..<1_000 where refusal != nil { refusal = try await isRefused(database) }
        return refusal
    }

    @Test func `when servers are connected, then nobody gets it exclusively`() async throws {
        let files = try await TestStore.open(.postgresql, clock: TestClock())
        let server = PostgreSQLDatabase(url: files.address, connections: 1)
        let copier = PostgreSQLDatabase(url: files.address, access: .exclusive, attempts: 1)

        let second = try await Self.isRefused(server)
        let refusal = try await Self.isRefused(copier)

        #expect(second == nil)
        #expect(refusal?.contains("`ferry serve`") == true)
        try await server.close()
        try await copier.close()
        try await files.remove()
    }

    @Test func `when it is taken exclusively, then servers are rejected until it is free again`() async throws {
        let files = try await TestStore.open(.postgresql, clock: TestClock())
        try await files.database.close()
        let server = PostgreSQLDatabase(url: files.address, connections: 1)
        let copier = PostgreSQLDatabase(url: files.address, access: .exclusive, attempts: 1)

        let first = try await Self.lastRefusal(copier)
        let refusal = try await Self.isRefused(server)
        try await copier.close()
        let later = try await Self.lastRefusal(server)

        #expect(first == nil)
        #expect(refusal?.contains("`ferry migrate`") == true)
        #expect(later == nil)
        try await server.close()
    }

    @Test func `when addresses are compared, then spelling does not count`() async throws {
        let (one, other) = (
            try await TestStore.open(.postgresql, clock: TestClock()),
            try await TestStore.open(.postgresql, clock: TestClock())
        )

        #expect(try await PostgreSQLDatabase.isSame(one.address, as: one.address + "&application_name=x"))
        #expect(try await !PostgreSQLDatabase.isSame(one.address, as: other.address))
        try await one.remove()
        try await other.remove()
    }

    @Test(arguments: [
        "postgres://user:p@ss@host/name", "postgres://user:p/ss@host/name", "postgres://user:p?ss@host/name",
        "postgres://user:pass%zz@host/name",
    ])
    func `when an address is not understood, then nothing of it is repeated`(address: String) async throws {
        let database = PostgreSQLDatabase(url: address, connections: 1, attempts: 1)

        let error = await #expect(throws: SQLError.self) { try await database.read { try $0.integer("SELECT 1") } }

        guard case .refused(let message) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!message.contains("ss@host"))
        #expect(!message.contains("pass%"))
        try await database.close()
    }
}
