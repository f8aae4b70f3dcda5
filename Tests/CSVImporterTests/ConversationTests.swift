import ImportDomain
import Testing

@testable import CSVImporter

@Suite("Given what is remembered of a file")
struct ConversationTests {
    private let mara = CSVPeople.Person(importID: "mara", number: 0, isNewStranger: false)
    private let odo = CSVPeople.Person(importID: "odo", number: 1, isNewStranger: false)

    @Test func `when there are more rooms than the limit, then the file is rejected with the limit`() throws {
        let conversations = Conversations(maximumRooms: 2)
        _ = try conversations.list(room: "csv-a")
        _ = try conversations.note(pair: 1)

        let failure = #expect(throws: ImportFileFailure.self) {
            try conversations.note(messageIn: "csv-b", named: "b", by: mara, at: 0)
        }

        #expect(failure?.code == .limitExceeded)
        #expect(failure?.message.contains("2 rooms") == true)
    }

    @Test func `when unlisted rooms have more members than the limit, then the file is rejected`() throws {
        let conversations = Conversations(maximumMemberships: 1)
        try conversations.note(messageIn: "csv-a", named: "a", by: mara, at: 0)
        try conversations.note(messageIn: "csv-a", named: "a", by: mara, at: 1)

        let failure = #expect(throws: ImportFileFailure.self) {
            try conversations.note(messageIn: "csv-a", named: "a", by: odo, at: 2)
        }

        #expect(failure?.code == .limitExceeded)
    }

    @Test func `when several wrote first, then the room's owner does not depend on the order of rows`() {
        var room = Conversations.UnlistedRoom(name: "quay")
        var turned = Conversations.UnlistedRoom(name: "Quay")

        for author in [mara, odo] { _ = room.note(author: author, milliseconds: 5) }
        for author in [odo, mara] { _ = turned.note(author: author, milliseconds: 5) }
        room.note(name: "Quay")
        turned.note(name: "quay")

        #expect(room.firstAuthorID == "mara")
        #expect(turned.firstAuthorID == "mara")
        #expect([room.name, turned.name] == ["Quay", "Quay"])
    }
}
