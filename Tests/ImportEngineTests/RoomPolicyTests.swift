import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

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
