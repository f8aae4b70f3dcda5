import ImportDomain
import Testing

@Suite("Given values at their limits")
struct RecordLimitsTests {
    private static func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }

    @Test(arguments: [("aé", 2, "a"), ("aé", 3, "aé"), ("日本", 5, "日"), ("日", 1, ""), ("", 0, "")])
    func `when a text is clipped, then characters stay whole`(text: String, bytes: Int, expected: String) {
        #expect(text.clipped(toBytes: bytes) == expected)
    }

    @Test func `when a user has values of the longest kind, then nothing is wrong, and one byte more is named`() {
        var user = UserRecord(
            importIDs: [Self.text(512)], emails: [Self.text(320)], username: Self.text(255), name: Self.text(512),
            roles: [Self.text(255)])
        #expect(user.limitViolation == nil)

        user.roles = [Self.text(256)]
        #expect(user.limitViolation?.field == "roles")
        user.name = Self.text(513)
        #expect(user.limitViolation?.field == "name")
        user.username = Self.text(256)
        #expect(user.limitViolation?.field == "username")
        user.emails = Array(repeating: "a", count: 101)
        #expect(user.limitViolation?.field == "emails")
        user.importIDs = ["1", Self.text(513)]
        #expect(user.limitViolation?.field == "importIds")
    }

    @Test func `when a direct room has more participants than its key holds, then the list is named`() {
        let people = (0...RecordLimits.participantsPerDirectRoom).map { "U\($0)" }

        #expect(RoomRecord(importIDs: ["D1"], kind: .direct, memberIDs: people).limitViolation?.field == "users")
        #expect(RoomRecord(importIDs: ["C1"], kind: .channel, memberIDs: people).limitViolation == nil)
    }

    @Test func `when a message lists too many people, then the list is named`() {
        var message = MessageRecord(id: "m", roomID: "C1", authorID: "U1", writtenAt: nil, text: "")
        message.reactions = [.init(emoji: ":x:", userIDs: Array(repeating: "U", count: 100_001))]
        #expect(message.limitViolation?.field == "reactions")
        message.mentionIDs = Array(repeating: "U", count: 10_001)
        #expect(message.limitViolation?.field == "mentions")
        message.id = Self.text(513)
        #expect(message.limitViolation?.field == "_id")
    }
}
