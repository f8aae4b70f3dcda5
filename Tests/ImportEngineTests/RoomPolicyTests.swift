import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import ZipFixtures

@Suite("Given rooms and records that meet them by name", .onEveryStore, .timeLimit(.minutes(10)))
struct RoomPolicyTests {
    /// The kind of a room: in the workspace, and in the record.
    enum Kind: String, Sendable {
        case channel = "channels"
        case group = "groups"
    }

    private static func export(
        _ kind: Kind, id: String, name: String = "deck", isGeneral: Bool = false, user: String = "U1"
    ) -> SlackExport {
        let room =
            #"{"id":"\#(id)","name":"\#(name)","creator":"\#(user)","members":["\#(user)"]"#
            + (isGeneral ? #","is_general":true}"# : "}")
        let message = #"{"type":"message","user":"\#(user)","ts":"1704456000.000100","text":"ahoy"}"#
        return SlackExport(
            users: [#"{"id":"\#(user)","name":"\#(user.lowercased())","profile":{"real_name":"Ann"}}"#],
            channels: kind == .channel ? [room] : [], groups: kind == .group ? [room] : [],
            messages: [name: [message]])
    }

    private static func importing(
        _ export: SlackExport, _ rooms: ImportPolicies.Rooms, _ workspace: TestWorkspace
    ) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile(policies: ImportPolicies(users: .bind, rooms: rooms))
    }

    /// The room of an import id.
    private static func room(_ id: String, _ workspace: TestWorkspace) async throws -> Room? {
        try await workspace.store.read { transaction in
            try transaction.rooms.rooms(withImportIDs: [ImportID(id)])[ImportID(id)].flatMap {
                try transaction.rooms.find(id: $0)
            }
        }
    }

    /// What becomes of a room `C2`: the name that it has then, or the reason why it fails.
    private static func outcome(
        _ operation: ImportOperation, of id: String, _ workspace: TestWorkspace
    ) async throws -> String {
        let failure = try await workspace.failures().first { $0.type == .room }
        let room = try await room(id, workspace)
        return failure?.failure.code.rawValue ?? room.map {
            "\($0.name ?? "")\($0.importIDs.count > 1 ? ", joined" : "")"
        }
            ?? "none"
    }

    @Test(
        arguments: [
            (Kind.channel, Kind.channel, ["deck, joined", "importer-channel-name-taken", "deck-1"]),
            (.group, .group, ["deck-1", "importer-channel-name-taken", "deck-1"]),
            (.channel, .group, ["importer-channel-type-mismatch", "importer-channel-name-taken", "deck-1"]),
            (.group, .channel, ["importer-channel-type-mismatch", "importer-channel-name-taken", "deck-1"]),
        ], [ImportPolicies.Rooms.join, .fail, .rename])
    func `when the name is taken by a room of another source, then the policy says what becomes of it`(
        row: (present: Kind, record: Kind, outcomes: [String]), policy: ImportPolicies.Rooms
    ) async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.export(row.present, id: "C1"), .join, workspace)
            let before = try #require(try await Self.room("C1", workspace))
            let export = Self.export(row.record, id: "C2", user: "U2")

            let done = try await Self.importing(export, policy, workspace)

            let place = try #require([ImportPolicies.Rooms.join, .fail, .rename].firstIndex(of: policy))
            let outcome = try await Self.outcome(done, of: "C2", workspace)
            #expect(outcome == row.outcomes[place])
            let isJoined = outcome.hasSuffix("joined")
            let after = try #require(try await Self.room("C1", workspace))
            #expect(after.kind == before.kind)
            #expect(after.messageCount == (isJoined ? 2 : 1))
            // The messages of a room that failed are in no other room.
            let message = try await workspace.store.read {
                try $0.messages.find(ids: [MessageID("slack-C2-1704456000-000100")]).first
            }
            #expect((message == nil) == outcome.hasPrefix("importer-"))
            if outcome == "deck-1" {
                let findings = try await workspace.engine.history.findings(offset: 0, limit: 20).findings
                #expect(findings.contains { $0.code == .valueReplaced && $0.message.contains("deck-1") })
                #expect(try await Self.room("C2", workspace)?.kind == (row.record == .group ? .privateGroup : .channel))
            }
            // A second run changes nothing: the room carries its import id.
            if !outcome.hasPrefix("importer-") {
                let second = try await Self.importing(export, policy, workspace)
                #expect(second.counts[.room] == ImportCounts(total: 1, completed: 1, unchanged: 1))
            }
        }
    }

    // MARK: Rooms whose import ids are their names

    /// Two tables of two teams, each with a room `plans` of two members and a message.
    private static func table(_ members: [String], _ kind: String = "public", room: String = "plans") -> [UInt8] {
        let users = members.map { "\($0),\($0)@example.org,\($0)\n" }.joined()
        return StoredZip([
            StoredZip.Entry("users.csv", "username,email,name\n" + users),
            StoredZip.Entry(
                "channels.csv",
                "name,owner,type,members\n\(room),\(members[0]),\(kind),\(members.joined(separator: ";"))\n"),
            StoredZip.Entry("\(room)/1.csv", "\(members[0]),1514764800000,by \(members[0])\n"),
        ]).bytes
    }

    private static func importing(
        _ table: [UInt8], _ rooms: ImportPolicies.Rooms, _ workspace: TestWorkspace
    ) async throws -> ImportOperation {
        try await workspace.read(table, named: "export.zip", importer: "csv")
        return try await workspace.importFile(policies: ImportPolicies(users: .bind, rooms: rooms))
    }

    /// The texts in each room but the general one, by its kind and name.
    private static func texts(_ workspace: TestWorkspace) async throws -> [String: [String]] {
        try await workspace.store.read { transaction in
            var texts: [String: [String]] = [:]
            let rooms = try transaction.rooms.list(
                RoomFilter(kinds: RoomKind.allCases), orderedBy: RoomOrder(.name), offset: 0, limit: 100, bytes: .max)
            for room in rooms where room.id != .general {
                texts["\(room.kind.rawValue) \(room.name ?? "")"] = try transaction.messages.list(
                    MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 100
                ).map(\.text).sorted()
            }
            return texts
        }
    }

    @Test(
        arguments: [("public", "c"), ("private", "p")] as [(word: String, letter: String)],
        [ImportPolicies.Rooms.fail, .rename])
    func `when tables of two teams have rooms of one name, then the policy keeps them apart, whatever their kind`(
        kind: (word: String, letter: String), policy: ImportPolicies.Rooms
    ) async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.table(["ann", "bob"]), .join, workspace)

            let done = try await Self.importing(Self.table(["eve", "fay"], kind.word), policy, workspace)

            switch policy {
            case .fail:
                #expect(try await Self.texts(workspace) == ["c plans": ["by ann"]])
                #expect(
                    try await workspace.failures().map(\.failure.code) == [.roomNameTaken, .messageUnknownRoom])
            default:
                #expect(
                    try await Self.texts(workspace) == ["c plans": ["by ann"], "\(kind.letter) plans-1": ["by eve"]])
                #expect(done.totalCounts.error == 0)
                let findings = try await workspace.engine.history.findings(offset: 0, limit: 20).findings
                #expect(findings.contains { $0.code == .valueReplaced && $0.message.contains("plans-1") })
            }
            let before = try await Self.texts(workspace)
            let members = try await workspace.store.read { transaction in
                try transaction.rooms.rooms(named: ["plans"])["plans"].map { try transaction.rooms.memberCount(of: $0) }
            }
            #expect(members == 2)

            // Twice is once, also for the room that was kept apart.
            for table in [Self.table(["ann", "bob"]), Self.table(["eve", "fay"], kind.word)] {
                let again = try await Self.importing(table, policy, workspace)
                #expect(try await Self.texts(workspace) == before)
                #expect(again.counts[.message]?.unchanged == (again.totalCounts.error == 0 ? 1 : 0))
            }
            #expect(try await workspace.current().totalCounts.error == (policy == .fail ? 2 : 0))
        }
    }

    @Test func `when a room that failed gets another name in a retry, then its messages are in that room alone`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.table(["ann", "bob"]), .join, workspace)
            _ = try await Self.importing(Self.table(["eve", "fay"]), .fail, workspace)
            let room = try #require(try await workspace.failures().first { $0.type == .room })
            let document = room.document.replacing(#""name":"plans""#, with: #""name":"sails""#)

            try await RetryScene.retry(
                workspace, #"{"records":[{"id":"\#(room.sequence.number)","data":\#(document)}]}"#)
            try await RetryScene.finish(workspace)

            #expect(try await workspace.current().totalCounts.error == 0)
            #expect(try await Self.texts(workspace) == ["c plans": ["by ann"], "c sails": ["by eve"]])
        }
    }

    @Test func `when a check foretells such an import, then it makes the same decisions`() async throws {
        for policy in [ImportPolicies.Rooms.fail, .rename] {
            try await TestWorkspace.with { workspace in
                _ = try await Self.importing(Self.table(["ann", "bob"]), .join, workspace)
                try await workspace.read(Self.table(["eve", "fay"]), named: "export.zip", importer: "csv")

                let check = try await workspace.engine.checks.check(
                    ImportCheckRequest(policies: ImportPolicies(users: .bind, rooms: policy)), by: UserID("nobody"))

                #expect(check.result.counts[.room]?.fail == (policy == .fail ? 1 : 0))
                #expect(check.result.counts[.message]?.fail == (policy == .fail ? 1 : 0))
                #expect(check.result.counts[.message]?.create == (policy == .fail ? 0 : 1))
            }
        }
    }

    // MARK: The general room

    @Test(
        arguments: [
            // Whether the general room is used; what becomes of a channel of its name, the default channel or not.
            (false, true, ["general, joined", "general, joined", "general, joined"]),
            (false, false, ["general, joined", "general, joined", "general, joined"]),
            (true, true, ["general, joined", "importer-channel-name-taken", "general-1"]),
            (true, false, ["general, joined", "importer-channel-name-taken", "general-1"]),
        ], [ImportPolicies.Rooms.join, .fail, .rename])
    func `when the name is that of the general room, then the room is taken only if it is used`(
        row: (isUsed: Bool, isDefault: Bool, outcomes: [String]), policy: ImportPolicies.Rooms
    ) async throws {
        try await TestWorkspace.with { workspace in
            if row.isUsed {
                _ = try await Self.importing(
                    Self.export(.channel, id: "C1", name: "general", isGeneral: true), .join, workspace)
            }
            let export = Self.export(.channel, id: "C2", name: "general", isGeneral: row.isDefault, user: "U2")

            _ = try await Self.importing(export, policy, workspace)

            let place = try #require([ImportPolicies.Rooms.join, .fail, .rename].firstIndex(of: policy))
            let failure = try await workspace.failures().first { $0.type == .room }?.failure.code.rawValue
            let room = try await Self.room("C2", workspace)
            let outcome = failure ?? (room?.id == .general ? "general, joined" : room?.name)
            #expect(outcome == row.outcomes[place])
        }
    }
}
