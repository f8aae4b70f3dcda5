import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import Testing

@Suite("Given a database that keeps Rocket.Chat's steps of operations", .onEveryStore)
struct LifecycleMigrationTests {
    private static let steps: [(step: String, phase: ImportPhase)] = [
        ("importer_new", .created), ("importer_uploading", .receiving(.client)),
        ("importer_downloading_file", .receiving(.address)), ("importer_file_loaded", .received),
        ("importer_preparing_started", .reading(nil)), ("importer_preparing_users", .reading(.user)),
        ("importer_preparing_contacts", .reading(.contact)), ("importer_preparing_channels", .reading(.room)),
        ("importer_preparing_messages", .reading(.message)), ("importer_user_selection", .ready),
        ("importer_importing_started", .running(.starting)), ("importer_importing_users", .running(.users)),
        ("importer_importing_contacts", .running(.contacts)), ("importer_importing_channels", .running(.rooms)),
        ("importer_importing_messages", .running(.messages)), ("importer_importing_files", .running(.files)),
        ("importer_finishing", .running(.finishing)), ("importer_done", .ended(.done)),
        ("importer_import_failed", .ended(.failed)), ("importer_import_cancelled", .ended(.canceled)),
    ]

    @Test func `when it is opened, then each operation is where it was`() async throws {
        let clock = TestClock()
        let files = try await TestStore.open(.current, clock: clock)
        try await files.windBack(to: 8)
        try await files.database.write { connection in
            for (index, entry) in Self.steps.enumerated() {
                for valid in [0, 1] as [Int64] {
                    try connection.execute(
                        """
                        INSERT INTO import_operations
                            (id, importer_key, created_at, created_by, step, valid, updated_at, preparation_token)
                        VALUES (\("\(index)-\(valid)"), 'api', \(Int64(index)), 'u', \(entry.step), \(valid), 1, 0)
                        """)
                }
            }
        }

        let store = try await WorkspaceStore.open(files.database, clock: clock)
        let operations = try await store.read { try $0.operations.latest(100) }

        #expect(operations.count == 2 * Self.steps.count)
        for (index, entry) in Self.steps.enumerated() {
            let current = operations.first { $0.id.rawValue == "\(index)-1" }
            let earlier = operations.first { $0.id.rawValue == "\(index)-0" }
            let ended = ImportLifecycle(entry.phase).isEnded
            #expect(current?.lifecycle == ImportLifecycle(entry.phase))
            #expect(earlier?.phase == (ended ? entry.phase : .ended(.failed)))
            #expect(earlier?.lifecycle.isRetired == true)
        }
        try await files.remove()
    }
}
