import ImportDomain
import ImportFixtures
import Testing

@testable import ImportEngine

@Suite("Given records with values beyond their limits", .onEveryStore, .timeLimit(.minutes(10)))
struct RecordLimitTests {
    private static let long = (0..<20_000).map { String($0 * 7_919 % 99_991) }.joined()

    private static func stage(
        _ records: [ImportRecord], in operation: ImportOperation, _ workspace: TestWorkspace
    ) async throws {
        let intake = Intake(
            from: .request(operation.id), in: workspace.engine.environment, queue: PreparationQueue())
        for record in records { intake.append(record) }
        try await intake.stage(intake.takeLastChunks())
        try await intake.accept()
    }

    @Test func `when a file stages ids and names of 100 kB, then these records fail, and the others are imported`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let users = [
                UserRecord(importIDs: [Self.long], emails: ["a@x.example"]),
                UserRecord(importIDs: ["U2"], emails: [], username: Self.long),
                UserRecord(importIDs: ["U3"], emails: ["c@x.example"], username: "cleo"),
            ].map { ImportRecord.user($0) }
            let rooms = [
                RoomRecord(importIDs: [Self.long], kind: .channel, name: "one"),
                RoomRecord(importIDs: ["C2"], kind: .channel, name: Self.long),
                RoomRecord(importIDs: ["C3"], kind: .channel, name: "three", topic: Self.long),
                RoomRecord(importIDs: ["C4"], kind: .channel, name: String(repeating: "\u{FDFA}", count: 170)),
            ].map { ImportRecord.room($0) }
            try await Self.stage(users + rooms, in: operation, workspace)
            try await workspace.runToTheEnd()

            let failures = try await workspace.failures()
            #expect(
                failures.map(\.failure.code) == [
                    .userValueTooLong, .userValueTooLong, .roomValueTooLong, .roomValueTooLong,
                ])
            #expect(try await workspace.user("cleo") != nil)
            let topic = try await workspace.store.read { try $0.rooms.find(nameKey: "three")?.topic }
            #expect(topic?.utf8.count == RecordLimits.descriptionBytes)
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 100).findings
            #expect(findings.contains { $0.code == .limitExceeded && $0.field == "topic" })
            #expect(try await workspace.current().phase == .ended(.done))
        }
    }

    @Test func `when a short id of a long name is repeated, then the text ends at its limit, with a finding`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let username = String(repeating: "u", count: RecordLimits.usernameBytes)
            try await workspace.stage([StagedUser(username, importIDs: ["U1"])])
            let room = #"{"t":"c","name":"plans","importIds":["C1"],"u":{"_id":"U1"},"users":["U1"]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(room)]}"#), format: .json)
            let text = String(repeating: "@U1 ", count: 50_000)
            let message =
                #"{"_id":"m1","rid":"C1","u":{"_id":"U1"},"ts":1704456000000,"msg":"\#(text)","mentions":["U1"]}"#
            try await workspace.engine.staging.addMessages(from: Chunks(#"{"messages":[\#(message)]}"#), format: .json)
            try await workspace.runToTheEnd()

            let stored = try await workspace.store.read { try $0.messages.find(ids: [MessageID("m1")]).first }
            let bytes = try #require(stored).text.utf8.count
            #expect(bytes <= RecordLimits.messageBytes)
            #expect(bytes > RecordLimits.messageBytes - 2 * username.utf8.count)
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 100).findings
            #expect(findings.filter { $0.code == .limitExceeded }.map(\.value) == ["m1"])
        }
    }

    @Test(arguments: [
        ("users", #"{"importIds":["1"],"emails":["a@x"],"username":"$"}"#, "username"),
        ("users", #"{"importIds":["1","$"],"emails":["a@x"]}"#, "importIds"),
        ("users", #"{"importIds":["1"],"emails":["$"]}"#, "emails"),
        ("channels", #"{"importIds":["$"],"t":"c","name":"a"}"#, "importIds"),
        ("channels", #"{"importIds":["1"],"t":"c","name":"$"}"#, "name"),
        ("channels", #"{"importIds":["1"],"t":"c","name":"a","topic":"$"}"#, "topic"),
        ("messages", #"{"_id":"$","rid":"1","u":{"_id":"1"},"ts":1}"#, "_id"),
        ("messages", #"{"rid":"1","u":{"_id":"1"},"ts":1,"tmid":"$"}"#, "tmid"),
    ])
    func `when the API sends one, then index and field are named, and nothing is staged`(
        property: String, record: String, field: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let body =
                "{\"\(property)\":[\(record.replacing("$", with: "x")),\(record.replacing("$", with: Self.long))]}"
            let invalid = await #expect(throws: InvalidBody.self) {
                switch property {
                case "users": try await workspace.engine.staging.addUsers(from: Chunks(body), format: .json)
                case "channels": try await workspace.engine.staging.addRooms(from: Chunks(body), format: .json)
                default: try await workspace.engine.staging.addMessages(from: Chunks(body), format: .json)
                }
            }

            #expect(invalid?.index == 1)
            #expect(invalid?.field == field)
            #expect(try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 0)
        }
    }

    @Test func `when a guest is staged, then the default roles are not added`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("gil", importIDs: ["U1"], roles: ["guest"]), StagedUser("ann", importIDs: ["U2"]),
            ])

            #expect(try await workspace.user("gil")?.roles == ["guest"])
            #expect(try await workspace.user("ann")?.roles == ["user"])
        }
    }

    @Test func `when two rooms of a source have one name, then the second is renamed, with a finding`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ann", importIDs: ["U1"])])
            let rooms = ["plans", "Plans", "PLANS"].enumerated().map { index, name in
                #"{"t":"c","name":"\#(name)","importIds":["C\#(index)"],"u":{"_id":"U1"},"users":["U1"]}"#
            }
            try await workspace.engine.staging.addRooms(
                from: Chunks("{\"channels\":[\(rooms.joined(separator: ","))]}"), format: .json)
            try await workspace.runToTheEnd()

            let findings = try await workspace.engine.history.findings(offset: 0, limit: 100).findings
            #expect(findings.filter { $0.code == .valueReplaced }.map(\.value) == ["Plans", "PLANS"])
            for key in ["plans", "plans-1"] {
                #expect(try await workspace.store.read { try $0.rooms.find(nameKey: key) } != nil)
            }
        }
    }
}
