import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given staged records of different sizes", .onEveryStore)
struct SelectionPageTests {
    @Test(arguments: [1, 300, 1_000, 1 << 20], [1, 3, 100])
    func `when they are read in pages of bytes, then each is there once, in staging order`(
        bytes: Int, limit: Int
    ) async throws {
        try await TestWorkspace.with { workspace in
            let names = (0..<12).map { "user\($0)" }
            try await workspace.stage(
                names.enumerated().map { index, name in
                    StagedUser(
                        // Every third one has the same address, and all but the first of them fail.
                        name, emails: [index % 3 == 0 ? "same@example.com" : "\(name)@example.com"],
                        more: [#""bio": "\#(String(repeating: "x", count: index % 4 * 150))""#])
                })
            try await workspace.runToTheEnd()
            let operation = try await workspace.current()
            let failed = try await Self.usernames(of: operation, bytes: bytes, limit: limit, in: workspace)
            try await workspace.stage(names.map { StagedUser("more-\($0)") })
            let pending = try await Self.usernames(
                of: try await workspace.current(), bytes: bytes, limit: limit, in: workspace)

            #expect(failed == ["user3", "user6", "user9"])
            #expect(pending == names.map { "more-\($0)" })
        }
    }

    private static func usernames(
        of operation: ImportOperation, bytes: Int, limit: Int, in workspace: TestWorkspace
    ) async throws -> [String?] {
        var names: [String?] = []
        var last: RecordSequence?
        while true {
            let page = try await workspace.engine.selectable.users(
                of: operation.id, after: last, limit: limit, bytes: bytes)
            guard let end = page.last else { return names }
            names += page.map(\.record.username)
            last = end.sequence
        }
    }
}
