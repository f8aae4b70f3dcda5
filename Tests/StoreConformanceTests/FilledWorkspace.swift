import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import SQLStore
import WorkspaceServices

/// A workspace with every kind of row, during an import: one batch failed, one is leased, one is pending.
enum FilledWorkspace {
    /// The token of an administrator's session.
    static func fill(_ workspace: TestWorkspace) async throws -> SignInService.SignedIn {
        let signedIn = try await workspace.signIn.signIn(
            .username("admin"), password: .plain(TestWorkspace.password), from: "local")
        for _ in 0..<3 {
            // Rejected, and recorded as a failure.
            _ = try? await workspace.signIn.signIn(.username("admin"), password: .plain("wrong"), from: "local")
        }
        try await workspace.store.write { transaction in
            try transaction.users.insert(users, by: ImportNumber(7))
            try transaction.users.insert(
                [User(id: UserID("gone"), username: "Gone ü", createdAt: Timestamp(milliseconds: 1))], by: nil)
            try transaction.users.delete(UserID("gone"))
            for (name, bypasses) in [("nightly \u{FC}", true), ("it's", false)] {
                try transaction.sessions.insert(
                    Session(
                        tokenHash: "hash of \(name)", userID: UserID("u2"), createdAt: Timestamp(milliseconds: 4),
                        personalToken: PersonalToken(name: name, lastPart: "aB-_9z", bypassesTwoFactor: bypasses)))
            }
            try transaction.settings.set(Setting(id: "API_Default_Count", value: .number(7)))
            _ = try transaction.callCounts.count("login", length: .seconds(60), at: Timestamp(milliseconds: 5))
        }
        try await stage(in: workspace)
        try await converse(in: workspace)
        return signedIn
    }

    private static let users = [
        User(
            id: UserID("u1"), username: "Ada \"L\"\\N", name: "Ада\t\u{65}\u{301}\r\n", kind: .bot, isActive: false,
            roles: ["admin", "x'y"], emails: [EmailAddress("A@x", isVerified: true), EmailAddress("b@x")],
            importIDs: [ImportID("1"), ImportID("ü")], bio: "", nickname: "\u{E9}", statusText: "😀\u{10FFFF}",
            utcOffset: -3.1, passwordHash: "$2b$", requiresPasswordChange: true, hasEmailSecondFactor: true,
            pendingAvatarURL: "http://x", customFields: "{\"a\":\"\\u0001\"}", createdAt: Timestamp(milliseconds: -5),
            updatedAt: Timestamp(milliseconds: .max), lastLoginAt: Timestamp(milliseconds: 9)),
        User(
            id: UserID("u2"), username: nil, emails: [], utcOffset: -0.0, createdAt: Timestamp(milliseconds: 1)),
        User(
            id: UserID("u3"), username: "tiny", emails: [], bio: nil, utcOffset: .leastNonzeroMagnitude,
            createdAt: Timestamp(milliseconds: 1)),
    ]

    private static func stage(in workspace: TestWorkspace) async throws {
        try await workspace.stage([StagedUser("first", password: "secret")])
        try await workspace.add([StagedUser("second")])
        try await workspace.add([StagedUser("third", password: "countess")])
        try await workspace.engine.operations.run(by: UserID("nobody"))
        try await workspace.store.write { transaction in
            guard let operation = try transaction.operations.current() else { return }
            func claim() throws -> BatchClaim? {
                try transaction.staging.claim(
                    .user, of: operation.id, by: WorkerID("gone"), for: .seconds(600), target: Workload())
            }
            let check = try transaction.checks.begin("key", of: operation.id)
            try transaction.checks.add(
                [
                    CheckPage(
                        type: .user, outcome: .fail, position: 0, count: 1, firstIndex: 0, payload: [0, 255])
                ], to: check)
            try transaction.checks.finish(check, recordCount: 1, result: "{}")
            for batch in try transaction.recordIndex.unindexedBatches(of: .user, in: operation.id, after: 0, limit: 9) {
                try transaction.recordIndex.add(BatchIndex(flags: [0, 255], texts: [0xC3, 0]), of: batch)
            }
            guard let lease = try claim(), let record = try transaction.staging.records(of: lease).first else { return }
            let failure = RecordFailure(
                code: .userEmailTaken, message: "„taken“", field: "emails", clashesWith: "u1")
            try transaction.staging.finish(
                lease, with: BatchOutcome(faults: [RecordFault(record.sequence, failure, importIDs: [ImportID("1")])]))
            try transaction.failureTexts.add([(record.sequence, "„text“")], in: operation.id)
            try transaction.operations.addToCounts(
                ImportCounts(error: 1), of: .user, in: operation.id, at: Timestamp(milliseconds: 3))
            _ = try claim()
        }
    }

    /// Rooms, messages, files, and the rows of a file import.
    private static func converse(in workspace: TestWorkspace) async throws {
        let moment = Timestamp(milliseconds: 7)
        let room = Room(
            id: RoomID("r1"), kind: .channel, name: "Zürich", importIDs: [ImportID("C1")], createdAt: moment)
        var details = MessageDetails()
        details.alias = "\\"
        let message = Message(
            id: MessageID("m1"), roomID: room.id, authorID: UserID("u1"), writtenAt: moment, sequence: 1, text: "",
            details: details)
        let reference = FileReference(
            id: "F1", name: "a.png", source: "slack", location: .remote(url: "https://files.example/a?t=x"))
        let stored = StoredFile(
            id: FileID("f1"), name: "a.png", mediaType: "image/png", sizeBytes: 3,
            pixels: PixelSize(width: 1, height: 2), createdAt: moment)
        try await workspace.files.database.write { connection in
            _ = try connection.execute(
                "INSERT INTO import_skipped (operation_id, record_type, import_id) VALUES ('o', 'room', 'C2')")
            _ = try connection.execute(
                "INSERT INTO import_failure_counts (operation_id, record_type, code, records) VALUES ('o', 'room', 'c', 2)"
            )
            _ = try connection.execute(
                "INSERT INTO import_retries (operation_id, intake_id, listed) VALUES ('o', 'retry', 1)")
            _ = try connection.execute(
                """
                INSERT INTO import_retried_records (intake_id, sequence, operation_id, staged_at, action, document)
                VALUES ('retry', 65536, 'o', 5, 'corrected', '{"é":1}')
                """)
            _ = try connection.execute("INSERT INTO import_described (import_number, user_id) VALUES (8, 'u1')")
            try connection.run(
                script: """
                    INSERT INTO import_undos (import_number, requested_by, started_at, stage, position)
                        VALUES (7, 'u1', 5, 'users', 'u0');
                    INSERT INTO import_undo_counts (import_number, kind, outcome, total) VALUES (7, 'user', 'removed', 3);
                    INSERT INTO import_kept (import_number, kind, subject_id, name, reason)
                        VALUES (7, 'user', 'u1', 'Ada', 'signed-in');
                    INSERT INTO removed_files (area, file_id) VALUES ('avatars', 'f0f0f0f0f0f0f0f0f');
                    INSERT INTO import_missing_members
                        (import_number, room_id, position, import_id, admits_guest, stand_in_id, stand_in_leaves)
                        VALUES (8, 'r1', 0, 'é', 1, 'u1', 1);
                    INSERT INTO import_incomplete_messages
                        (import_number, message_id, sequence, document, people, rooms)
                        VALUES (8, 'm1', 65536, '{}', '["é"]', '[]');
                    """)
        }
        try await workspace.store.write { transaction in
            guard let operation = try transaction.operations.current()?.id else { return }
            try transaction.rooms.insert([room], by: ImportNumber(8))
            try transaction.users.confirm([UserID("u2")], by: ImportNumber(8))
            try transaction.users.setOrganizations([(ImportID("U1"), "T1")])
            try transaction.importChanges.record(
                [ImportChange(.room(room.id), field: "topic", before: nil, after: "new")], by: ImportNumber(8))
            try transaction.rooms.add([Subscription(roomID: room.id, userID: UserID("u1"), createdAt: moment)])
            try transaction.messages.insert([message])
            try transaction.rooms.touch([room.id: 1], by: operation)
            try transaction.messages.touch(
                [TouchedThread(parentID: MessageID("m0"), roomID: room.id, startedAt: nil)], by: operation)
            try transaction.downloads.enqueue([WantedFile(reference, in: message)], by: operation)
            _ = try transaction.downloads.enqueueFiles()
            _ = try transaction.downloads.enqueueAvatars(after: nil, limit: 10)
            let downloads = try transaction.downloads.claim(
                by: WorkerID("gone"), for: .seconds(600), limit: 5, perHost: 5, running: [:])
            for download in downloads.map(\.download) {
                switch download.kind {
                case .avatar: _ = try transaction.downloads.finish(download, avatar: stored)
                case .file, .archived: try transaction.downloads.finish(download, file: stored)
                }
            }
            try transaction.downloads.setControl(.paused)
            try transaction.staging.stage(
                RecordPack(count: 1, payload: Array(0...255), contentBytes: 1, writtenAt: moment...moment),
                intake: IntakeID("pack"),
                operation: operation)
            try transaction.staging.select([ImportID("1")], of: .user, in: operation)
            try transaction.findings.add(
                [ImportFinding(.warning, .rowInvalid, entry: "a.csv", position: 3, message: "„Zeile“")], to: operation,
                limitPerCode: 1)
        }
    }

    /// Every row of every table, sorted.
    static func contents(of database: any SQLDatabase) async throws -> [String: [[SQLValue]]] {
        try await database.read { connection in
            let shapes = try connection.shapes(of: WorkspaceTable.all.map(\.name))
            return try shapes.mapValues { shape in
                try connection.rows("SELECT \(names: shape.columns.map(\.name)) FROM \(name: shape.name)") { row in
                    shape.columns.enumerated().map { row.value($0.offset, as: $0.element.kind) }
                }
                .sorted { "\($0)" < "\($1)" }
            }
        }
    }
}
