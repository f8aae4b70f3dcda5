import Foundation
import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import SQLiteDriver
import Testing

@Suite("Given two databases between which nothing may be copied")
struct WorkspaceCopyRefusalTests {
    private static func refusal(
        changing change: SQLQuery, in side: Side, _ from: StoreKind = .sqlite, _ to: StoreKind = .postgresql
    ) async throws -> (any Error)? {
        try await TestWorkspace.with(from) { source in
            let destination = try await TestStore.open(to, clock: source.clock)
            let changed = side == .source ? source.files.database : destination.database
            try await changed.write { _ = try $0.execute(change) }
            let before = try await FilledWorkspace.contents(of: destination.database)
            var refusal: (any Error)?
            do {
                _ = try await WorkspaceCopy(from: source.files.database, to: destination.database).run()
            } catch {
                refusal = error
            }
            let after = try await FilledWorkspace.contents(of: destination.database)
            #expect(after == before)
            try await destination.remove()
            return refusal
        }
    }

    enum Side {
        case source
        case destination
    }

    @Test(
        arguments: WorkspaceCopyTests.directions,
        [
            "INSERT INTO settings (id, kind, value) VALUES ('a', 'text', 'b')",
            "INSERT INTO login_failures (subject, failed_at) VALUES ('a', 1)",
        ])
    func `when the destination has any row, then it is rejected and stays as it is`(
        kinds: (StoreKind, StoreKind), change: String
    ) async throws {
        let refusal = try await Self.refusal(
            changing: SQLQuery(stringLiteral: change), in: .destination, kinds.0, kinds.1)

        let table = String(change.split(separator: " ")[2])
        #expect(refusal as? WorkspaceCopyError == .destinationIsNotEmpty(table: table))
    }

    @Test(arguments: StoreKind.allCases)
    func `when the source is older, then it says which steps are missing`(kind: StoreKind) async throws {
        let newest = try await TestWorkspace.with(kind) { workspace in
            try await workspace.files.database.read { try $0.integer("SELECT max(number) FROM migrations") }
        }

        let refusal = try await Self.refusal(
            changing: "DELETE FROM migrations WHERE number = \(newest)", in: .source, kind)

        guard case .sourceIsOlder(let missing) = refusal as? WorkspaceCopyError else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(missing.count == 1)
        #expect(missing[0].hasPrefix("step \(newest) ("))
    }

    @Test(arguments: [Side.source, .destination])
    func `when one of them is newer than the program, then it is rejected`(side: Side) async throws {
        let refusal = try await Self.refusal(
            changing: "INSERT INTO migrations (number, name, checksum) VALUES (1000, 'future', 'x')", in: side)

        guard case .incompatible(let message) = refusal as? SQLError else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(message.contains("newer version"))
    }

    @Test func `when the source is an unfinished copy itself, then it is rejected`() async throws {
        let refusal = try await Self.refusal(
            changing: "INSERT INTO migrations (number, name, checksum) VALUES (2147483647, 'unfinished copy', 'none')",
            in: .source)

        guard case .incompatible(let message) = refusal as? SQLError else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(message.contains("an incomplete workspace"))
    }

    @Test(arguments: WorkspaceCopyTests.directions)
    func `when somebody added a column, then the table is named`(from: StoreKind, to: StoreKind) async throws {
        let refusal = try await Self.refusal(changing: "ALTER TABLE roles ADD COLUMN extra TEXT", in: .source, from, to)

        #expect(refusal as? WorkspaceCopyError == .tableDiffers(table: "roles"))
    }

    @Test func `when the source holds no workspace, then it is rejected`() async throws {
        let clock = TestClock()
        let path = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString).sqlite").path
        let source = try SQLiteDatabase(path: path)
        let destination = try await TestStore.open(.postgresql, clock: clock)

        await #expect(throws: WorkspaceCopyError.sourceIsNoWorkspace) {
            try await WorkspaceCopy(from: source, to: destination.database).run()
        }

        try await source.close()
        try await destination.remove()
        for file in [path, path + ".lock"] { try FileManager.default.removeItem(atPath: file) }
    }

    @Test func `when a text cannot be held there, then the table is named`() async throws {
        try await TestWorkspace.with(.sqlite) { source in
            let destination = try await TestStore.open(.postgresql, clock: source.clock)
            try await source.files.database.write {
                _ = try $0.execute("UPDATE users SET bio = \("a\0b")")
            }

            let refusal = await #expect(throws: WorkspaceCopyError.self) {
                try await WorkspaceCopy(from: source.files.database, to: destination.database).run()
            }

            guard case .tableNotWritten(table: "users", let reason) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(reason.contains("NUL"))
            try await destination.remove()
        }
    }
}
