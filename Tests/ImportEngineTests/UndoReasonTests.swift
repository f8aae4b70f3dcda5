import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given an import after which something was used or changed", .onEveryStore, .timeLimit(.minutes(5)))
struct UndoReasonTests {
    /// What happened after the import, and why it keeps something.
    struct Case: Sendable, CustomTestStringConvertible {
        let kind: UndoneKind
        let reason: KeptReason
        let act: @Sendable (any StoreTransaction, Scene) throws -> Void

        var testDescription: String { "\(kind.rawValue) \(reason.rawValue)" }

        init(
            _ kind: UndoneKind, _ reason: KeptReason,
            _ act: @escaping @Sendable (any StoreTransaction, Scene) throws -> Void
        ) {
            (self.kind, self.reason, self.act) = (kind, reason, act)
        }
    }

    /// Some of what the import created, and the account of a person who was there before.
    struct Scene: Sendable {
        let ann: User
        let admin: User
        let plans: Room
        let start: Message
        let now: Timestamp
        /// Another import.
        let other = ImportNumber(99)

        func message(_ id: String, in room: RoomID, by author: UserID, thread: MessageID? = nil) -> Message {
            Message(
                id: MessageID(id), roomID: room, authorID: author, writtenAt: now, sequence: 1, text: "by hand",
                threadID: thread)
        }
    }

    static let cases: [Case] = [
        Case(.user, .signedIn) { try $0.users.recordLogin(of: $1.ann.id, at: $1.now) },
        Case(.user, .signedIn) { transaction, scene in
            try transaction.sessions.insert(
                Session(
                    tokenHash: "t", userID: scene.ann.id, createdAt: scene.now, expiresAt: scene.now + .seconds(9)))
        },
        Case(.user, .changed) { transaction, scene in
            var ann = scene.ann
            ann.passwordHash = "other"
            try transaction.users.update(ann)
        },
        Case(.user, .updatedByImport) { transaction, scene in
            var ann = scene.ann
            ann.name = "Anna"
            try transaction.users.update([(before: scene.ann, after: ann)], by: scene.other)
        },
        Case(.user, .boundByImport) { try $0.users.bind([(ImportID("X"), $1.ann.id)], by: $1.other) },
        Case(.user, .addedToRoom) { transaction, scene in
            try transaction.rooms.insert(
                [Room(id: RoomID("r"), kind: .channel, name: "mine", createdAt: scene.now)], by: nil)
            try transaction.rooms.add([
                Subscription(roomID: RoomID("r"), userID: scene.ann.id, createdAt: scene.now)
            ])
        },
        Case(.user, .wroteMessages) { transaction, scene in
            try transaction.messages.insert([scene.message("m", in: .general, by: scene.ann.id)])
        },
        Case(.user, .createdRoom) { transaction, scene in
            try transaction.rooms.insert(
                [
                    Room(
                        id: RoomID("r"), kind: .channel, name: "mine", creatorID: scene.ann.id, createdAt: scene.now)
                ], by: nil)
        },
        Case(.user, .participant) { transaction, scene in
            try transaction.rooms.insert(
                [
                    Room(
                        id: RoomID("r"), kind: .direct,
                        participants: [scene.admin.id, scene.ann.id].sorted {
                            $0.rawValue < $1.rawValue
                        }, createdAt: scene.now)
                ], by: scene.other)
        },
        Case(.room, .changed) { transaction, scene in
            var room = scene.plans
            room.announcement = "Read this"
            try transaction.rooms.update(room, by: nil)
        },
        Case(.room, .updatedByImport) { transaction, scene in
            try transaction.importChanges.record(
                [ImportChange(.room(scene.plans.id), field: "topic", before: "Plans", after: "x")], by: scene.other)
        },
        Case(.room, .boundByImport) { transaction, scene in
            var room = scene.plans
            room.importIDs.append(ImportID("X"))
            try transaction.rooms.update(room, by: scene.other)
        },
        Case(.room, .hasMessages) { transaction, scene in
            try transaction.messages.insert([scene.message("m", in: scene.plans.id, by: scene.admin.id)])
        },
        Case(.room, .hasMembers) { transaction, scene in
            try transaction.rooms.add([
                Subscription(roomID: scene.plans.id, userID: scene.admin.id, createdAt: scene.now)
            ])
        },
        Case(.message, .changed) { transaction, scene in
            var message = scene.start
            message.isPinned = true
            try transaction.messages.update(message)
        },
        Case(.message, .updatedByImport) { transaction, scene in
            var message = scene.start
            message.text = "edited"
            try transaction.messages.update(message, replacing: scene.start, by: scene.other)
        },
        Case(.message, .answered) { transaction, scene in
            try transaction.messages.insert([
                scene.message("m", in: scene.plans.id, by: scene.admin.id, thread: scene.start.id)
            ])
        },
    ]

    @Test(arguments: cases) func `when it is undone, then that stays with what it needs, and the rest goes`(
        example: Case
    ) async throws {
        try await TestWorkspace.with { workspace in
            _ = try await UndoTests.importing(UndoTests.export, workspace)
            workspace.clock.advance(by: .seconds(60))
            let scene = try await Self.scene(workspace)
            try await workspace.store.write { try example.act($0, scene) }

            let report = try await UndoTests.undo(nil, in: workspace)

            #expect(report.counts.kept[example.kind]?[example.reason] == 1)
            let operation = try await workspace.current().id
            let (kept, total) = try await workspace.engine.undos.kept(
                by: operation, matching: KeptFilter(kind: example.kind, reason: example.reason), offset: 0, limit: 10)
            #expect(total == 1)
            #expect(report.examples.contains(try #require(kept.first)))
            try await Self.expectWhole(workspace)
            // Undoing again changes nothing.
            #expect(
                try await workspace.engine.undos.request(by: UserID("x")).operation.phase == .ended(.undone))
        }
    }

    private static func scene(_ workspace: TestWorkspace) async throws -> Scene {
        let (ann, admin) = (try await workspace.user("ann"), try await workspace.user("admin"))
        return try await workspace.store.read { transaction in
            let plans = try #require(try transaction.rooms.find(nameKey: "plans"))
            let messages = try transaction.messages.list(
                MessageFilter(roomID: plans.id), order: .oldestFirst, offset: 0, limit: 10)
            return Scene(
                ann: try #require(ann), admin: try #require(admin), plans: plans,
                start: try #require(messages.first { $0.text == "start" }), now: workspace.clock.now())
        }
    }

    /// Whatever is left has what it refers to, and the totals are right.
    static func expectWhole(_ workspace: TestWorkspace) async throws {
        let faults = try await workspace.files.database.read { connection in
            try [
                "SELECT id FROM messages WHERE room_id NOT IN (SELECT id FROM rooms)",
                "SELECT id FROM messages WHERE author_id NOT IN (SELECT id FROM users)",
                "SELECT id FROM messages WHERE thread_id IS NOT NULL AND thread_id NOT IN (SELECT id FROM messages)",
                "SELECT id FROM rooms WHERE creator_id IS NOT NULL AND creator_id NOT IN (SELECT id FROM users)",
                "SELECT room_id FROM subscriptions WHERE room_id NOT IN (SELECT id FROM rooms)",
                "SELECT user_id FROM subscriptions WHERE user_id NOT IN (SELECT id FROM users)",
                "SELECT user_id FROM user_emails WHERE user_id NOT IN (SELECT id FROM users)",
                "SELECT import_id FROM user_import_ids WHERE user_id NOT IN (SELECT id FROM users)",
                "SELECT import_id FROM room_import_ids WHERE room_id NOT IN (SELECT id FROM rooms)",
                "SELECT subject FROM download_messages WHERE message_id NOT IN (SELECT id FROM messages)",
                """
                SELECT id FROM rooms WHERE member_count
                    <> (SELECT count(*) FROM subscriptions WHERE subscriptions.room_id = rooms.id)
                """,
                "SELECT id FROM rooms WHERE last_message_id IS NOT NULL AND last_message_id NOT IN (SELECT id FROM messages)",
            ].flatMap { (query: SQLQuery) in try connection.rows(query) { $0.text(0) } }
        }
        #expect(faults == [])
    }

    @Test func `when the import made the only administrator, then the account stays`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann", password: "secret"), StagedUser("bob")])
            // The bot cannot administer the workspace.
            try await workspace.files.database.write { connection in
                _ = try connection.execute(
                    """
                    UPDATE users SET administrator = CASE WHEN username IN ('ann', 'rocket.cat') THEN 1 ELSE 0 END,
                        roles = CASE WHEN username IN ('ann', 'rocket.cat') THEN '["admin"]' ELSE '["user"]' END
                    """)
            }

            let report = try await UndoTests.undo(nil, in: workspace)

            #expect(report.counts.kept == [.user: [.lastAdministrator: 1]])
            #expect(try await workspace.user("ann") != nil)
            #expect(try await workspace.user("bob") == nil)
        }
    }

    @Test func `when it activated the account of the only administrator, then the account stays active`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann", password: "secret", deleted: true)])
            let active = StagedUser("ann", more: [#""deleted": false"#])
            try await workspace.importing([active], policies: ImportPolicies(users: .update))
            // The administrator is deactivated, and the bot does not count.
            try await workspace.files.database.write { connection in
                _ = try connection.execute(
                    """
                    UPDATE users SET administrator = 1, roles = '["admin"]',
                        active = CASE username WHEN 'admin' THEN 0 ELSE 1 END
                    """)
            }

            let report = try await UndoTests.undo(nil, in: workspace)

            #expect(report.counts.kept == [.user: [.lastAdministrator: 1]])
            #expect(try await workspace.user("ann")?.isActive == true)
        }
    }

    @Test func `when a member whom it added to an existing room wrote there, then the membership stays`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await UndoTests.importing(UndoTests.export, workspace)
            var second = UndoTests.export
            second.channels[1] = #"{"id":"C1","name":"plans","members":["U1","U2","U3"],"topic":{"value":"Plans"}}"#
            second.groups = [#"{"id":"G1","name":"quiet","creator":"U2","members":["U1","U2","U3"]}"#]
            let later = try await UndoTests.importing(second, workspace)
            workspace.clock.advance(by: .seconds(60))
            let cat = try #require(try await workspace.user("cat"))
            try await workspace.store.write { [now = workspace.clock.now()] transaction in
                let room = try #require(try transaction.rooms.find(nameKey: "plans"))
                try transaction.messages.insert([
                    Message(
                        id: MessageID("m"), roomID: room.id, authorID: cat.id, writtenAt: now, sequence: 1, text: "me")
                ])
            }

            let report = try await UndoTests.undo(later, in: workspace)

            #expect(report.counts.kept == [.membership: [.wroteInRoom: 1]])
            #expect(report.counts.removed == [.membership: 1])
            try await Self.expectWhole(workspace)
        }
    }

    @Test func `when what it changed was changed again, then only the rest is restored`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await UndoTests.importing(UndoTests.export, workspace)
            var second = UndoTests.export
            second.channels[1] =
                #"{"id":"C1","name":"plans","members":["U1","U2"],"topic":{"value":"New"},"purpose":{"value":"Why"}}"#
            let later = try await UndoTests.importing(second, workspace)
            try await workspace.store.write { transaction in
                var room = try #require(try transaction.rooms.find(nameKey: "plans"))
                room.topic = "By hand"
                try transaction.rooms.update(room, by: nil)
            }

            let report = try await UndoTests.undo(later, in: workspace)

            let room = try await workspace.store.read { try $0.rooms.find(nameKey: "plans") }
            #expect(room?.topic == "By hand")
            #expect(room?.description == nil)
            #expect(report.counts.kept == [.room: [.fieldChanged: 1]])
            #expect(report.counts.restored == [.room: 1])
        }
    }

    @Test func `when a previous name belongs to another room, then the room keeps its name`() async throws {
        try await TestWorkspace.with { workspace in
            var export = UndoTests.export
            export.channels[0] = #"{"id":"C0","name":"lobby","is_general":true,"creator":"U1","members":["U1","U2"]}"#
            export.messages["general"] = nil
            let done = try await UndoTests.importing(export, workspace)
            try await workspace.store.write { [now = workspace.clock.now()] in
                try $0.rooms.insert(
                    [Room(id: RoomID("r"), kind: .channel, name: "general", createdAt: now)], by: nil)
            }

            let report = try await UndoTests.undo(done, in: workspace)

            #expect(report.counts.kept == [.room: [.valueTaken: 1]])
            #expect(try await workspace.store.read { try $0.rooms.find(id: .general) }?.name == "lobby")
        }
    }
}
