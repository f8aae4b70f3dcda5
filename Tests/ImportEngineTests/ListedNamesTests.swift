import ImportDomain
import ImportFixtures
import JSON
import Testing

@testable import ImportEngine

@Suite("Given a message whose lists grow when ids become names", .onEveryStore)
struct ListedNamesTests {
    /// Short ids of names of maximum length, in these lists of one message.
    private static func imported(
        _ people: Int, _ lists: (_ ids: [String]) -> String, _ test: (TestWorkspace, Message, Int) async throws -> Void
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(
                (0..<people).map { number in
                    let name = String(repeating: "x", count: RecordLimits.usernameBytes - 4) + "\(1_000 + number)"
                    return StagedUser(name, importIDs: ["\(number)"], emails: ["\(number)@example.com"])
                })
            let room = #"{"t":"c","name":"plans","importIds":["C1"],"u":{"_id":"0"},"users":["0"]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(room)]}"#), format: .json)
            let ids = (0..<people).map { "\"\($0)\"" }
            let message = #"{"_id":"m1","rid":"C1","u":{"_id":"0"},"ts":1704456000000,"msg":"x",\#(lists(ids))}"#
            try await workspace.engine.staging.addMessages(from: Chunks(#"{"messages":[\#(message)]}"#), format: .json)
            try await workspace.runToTheEnd()
            let stored = try await workspace.store.read { try $0.messages.find(ids: [MessageID("m1")]).first }
            try await test(
                workspace, try #require(stored), RecordLimits.listedNamesBytes(stagedBytes: message.utf8.count))
        }
    }

    private static func findings(_ workspace: TestWorkspace) async throws -> [ImportFinding] {
        try await workspace.engine.history.findings(offset: 0, limit: 100).findings.filter {
            $0.code == .limitExceeded
        }
    }

    @Test(arguments: ["mentions", "reactions"])
    func `when the names are longer than their limit, then the first ones stay and a finding counts the others`(
        field: String
    ) async throws {
        let people = 400
        try await Self.imported(people) { ids in
            let list = "[\(ids.joined(separator: ","))]"
            return field == "mentions" ? #""mentions":\#(list)"# : #""reactions":{":+1:":{"users":\#(list)}}"#
        } _: { workspace, message, limit in
            let kept =
                field == "mentions"
                ? message.details.mentions.map(\.username) : message.details.reactions.flatMap(\.usernames)
            // Each element takes 52 bytes beside its names.
            let names =
                field == "mentions" ? message.details.mentions.map { $0.username + ($0.name ?? "") } : kept
            let bytes = names.reduce(0) { $0 + 52 + $1.utf8.count }

            #expect(kept.count < people)
            #expect(bytes <= limit)
            // All that fit are kept, in the order of the source.
            #expect(bytes > limit * 3 / 4)
            #expect(kept.map { String($0.suffix(4)) } == kept.indices.map { "\(1_000 + $0)" })
            let findings = try await Self.findings(workspace)
            #expect(findings.map(\.field) == [field])
            #expect(findings.map(\.value) == ["m1"])
            #expect(findings.map(\.count) == [people - kept.count])
        }
    }

    @Test func `when the names are within their limit, then all stay, without a finding`() async throws {
        try await Self.imported(100) {
            #""mentions":[\#($0.joined(separator: ","))]"#
        } _: { workspace, message, _ in
            let findings = try await Self.findings(workspace)
            #expect(message.details.mentions.count == 100)
            #expect(findings.isEmpty)
        }
    }

    @Test(arguments: [0, 1])
    func `when attachments are longer than their limit, then the first ones stay and a finding counts the others`(
        surplus: Int
    ) async throws {
        try await TestWorkspace.with { workspace in
            let (record, text) = try Self.withAttachments(surplus: surplus)
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let store = workspace.store
            let (details, findings) = try await store.read { transaction in
                let context = ConversionContext(
                    operation: operation, number: ImportNumber(1), namesPeopleByUsername: false,
                    settings: try ConversionSettings(transaction.settings), store: ImportedWorkspace(store: store),
                    moment: Timestamp(milliseconds: 0))
                var builder = MessageDetailsBuilder(
                    record: record, room: RoomID("r"),
                    people: try PeopleDirectory(of: [], context: context, in: transaction.importTarget), rooms: [:],
                    stagedBytes: text.utf8.count)
                return (builder.details(), builder.findings(ofMessage: MessageID("m1")))
            }

            let kept = try #require(details.attachments)
            guard case .array(let elements) = try JSONValue(parsing: kept) else {
                Issue.record("The attachments are not an array.")
                return
            }
            #expect(elements.count == 4 - surplus)
            #expect(kept.utf8.count <= RecordLimits.attachmentBytes)
            #expect(findings.map(\.code) == (surplus == 0 ? [] : [.limitExceeded]))
            #expect(findings.map(\.field) == (surplus == 0 ? [] : ["attachments"]))
            #expect(findings.map(\.count) == (surplus == 0 ? [] : [1]))
        }
    }

    @Test(arguments: [0, 1])
    func `when a caller sends attachments longer than their limit, then the field is named and nothing is staged`(
        surplus: Int
    ) async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let (_, text) = try Self.withAttachments(surplus: surplus)
            let message = #"{"_id":"m1","rid":"C1","u":{"_id":"U1"},"ts":1,"msg":"x","attachments":\#(text)}"#
            let body = #"{"messages":[\#(message)]}"#
            var invalid: InvalidBody?
            do {
                try await workspace.engine.staging.addMessages(
                    from: Chunks(body), format: .json, limits: JSONLimits(maximumElementBytes: 8 << 20))
            } catch let error as InvalidBody {
                invalid = error
            }

            #expect(invalid?.field == (surplus == 0 ? nil : "attachments"))
            #expect(
                try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 1 - surplus)
        }
    }

    /// A message with four attachments, exactly at the limit of bytes or beyond it.
    private static func withAttachments(surplus: Int) throws -> (record: MessageRecord, text: String) {
        let frame = #"{"text":""}"#.utf8.count
        let size = (RecordLimits.attachmentBytes - 5) / 4
        let rest = RecordLimits.attachmentBytes - 5 - 3 * size
        let attachments = [size, size, size, rest + surplus].map {
            #"{"text":"\#(String(repeating: "x", count: $0 - frame))"}"#
        }
        let text = "[" + attachments.joined(separator: ",") + "]"
        #expect(text.utf8.count == RecordLimits.attachmentBytes + surplus)
        var record = MessageRecord(
            id: "m1", roomID: "C1", authorID: "U1", writtenAt: Timestamp(milliseconds: 1), text: "x")
        record.attachments = text
        return (record, text)
    }
}
