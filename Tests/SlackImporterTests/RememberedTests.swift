import Foundation
import ImportDomain
import ImporterKit
import Testing

@testable import SlackImporter

@Suite("Given an export of more than the importer remembers")
struct RememberedTests {
    private static func read(_ export: SmallExport, _ allowances: SlackAllowances) throws -> RecordingOutput {
        let output = RecordingOutput()
        let path = FileManager.default.temporaryDirectory.appending(path: "slack-export-\(UUID().uuidString).zip")
        try Data(export.builder.bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        try SlackImporter().read(
            ImportFile(path: path.path, name: "export.zip"), into: output, allowances: allowances)
        return output
    }

    /// The findings of the limits, as "field count".
    private static func limits(_ output: RecordingOutput) -> [String] {
        output.findings(.limitExceeded).filter { $0.severity == .error }.map { "\($0.field ?? "") \($0.count)" }
    }

    @Test func `when there are too many users, then the rest is counted`() throws {
        var export = SmallExport()
        export.users += (3...20).map { #"{"id":"U\#($0)","name":"n\#($0)"}"# }
        var allowances = SlackAllowances()
        allowances.users = Allowance(bytes: 10_000)

        let output = try Self.read(export, allowances)

        #expect((5...15).contains(output.users.count))
        #expect(Self.limits(output) == ["users \(20 - output.users.count)"])
    }

    @Test func `when rooms, members, pins and files are too many, then the rest is counted`() throws {
        var export = SmallExport()
        export.channels = (1...20).map {
            #"{"id":"C\#($0)","name":"c\#($0)","members":["U1","U2","U\#($0)9"],"pins":[{"id":"\#($0).1"}]}"#
        }
        export.entries = (1...9).map { ("__uploads/F\($0)/a", "x") }
        var allowances = SlackAllowances()
        allowances.rooms = Allowance(bytes: 15_000)
        allowances.members = Allowance(bytes: 80)
        allowances.pins = Allowance(bytes: 300)
        allowances.files = Allowance(bytes: 300)

        let output = try Self.read(export, allowances)

        #expect((5...16).contains(output.rooms.count))
        #expect(
            Self.limits(output) == ["rooms \(20 - output.rooms.count)", "members 50", "files 7", "pins 17"])
    }

    @Test func `when people without a description are too many, then the system speaks for the rest`() throws {
        var export = SmallExport()
        export.messages = (1...50).map { #"{"user":"X\#($0)","ts":"\#($0).1","text":"a"}"# }
        var allowances = SlackAllowances()
        allowances.placeholders = Allowance(bytes: 5200)

        let output = try Self.read(export, allowances)

        #expect(output.messages.count == 50)
        #expect(output.users.count == 12)
        #expect(output.messages.filter { $0.authorID == "rocket.cat" }.count == 40)
        #expect(Self.limits(output) == ["user 40"])
    }

    @Test func `when ids are longer than ids are, then they are nobody's`() throws {
        let long = String(repeating: "x", count: 40_000)
        var export = SmallExport()
        export.channels = [#"{"id":"C1","name":"c","members":["U1","\#(long)"]}"#, #"{"id":"\#(long)","name":"d"}"#]
        export.messages = [#"{"user":"\#(long)","ts":"1.1","text":"a"}"#]

        let output = try export.read()

        #expect(output.room("C1")?.memberIDs == ["U1"])
        #expect(output.rooms.count == 2)
        #expect(output.messages.map(\.authorID) == ["rocket.cat"])
        #expect(output.messages.map(\.alias?.utf8.count) == [RecordLimits.nameBytes])
        #expect(Self.limits(output) == ["user 1"])
        #expect(output.users.count == 2)
        #expect(output.findings(.recordInvalid).count == 1)
    }

    @Test func `when a topic becomes too long with names, then what fits is kept`() throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"\#(String(repeating: "n", count: 250))"}"#)
        export.channels = [
            #"{"id":"C1","name":"c","members":[],"topic":{"value":"\#(String(repeating: "<@U3>", count: 5000))"}}"#
        ]

        let output = try export.read()

        #expect(output.room("C1")?.topic?.utf8.count == RecordLimits.descriptionBytes)
        #expect(output.findings(.limitExceeded).map(\.field) == ["topic"])
    }

    @Test func `when folders without a room are too many, then their messages are counted`() throws {
        var export = SmallExport()
        export.entries = (1...30).map { ("lost\($0)/2020-01-01.json", #"[{"user":"U1","ts":"1.1","text":"a"}]"#) }
        var allowances = SlackAllowances()
        allowances.rooms = Allowance(bytes: 15_000)

        let output = try Self.read(export, allowances)

        let lost = 30 - output.messages.count
        #expect((10...25).contains(lost))
        #expect(Self.limits(output).last == "folder \(lost)")
    }

    @Test(arguments: [2, 8])
    func `when nobody waits for the file any more, then reading stops inside of lists`(steps: Int) throws {
        var export = SmallExport()
        export.users += (3...5000).map { #"{"id":"U\#($0)","name":"n\#($0)"}"# }
        let output = ImpatientOutput(steps: steps)
        let path = FileManager.default.temporaryDirectory.appending(path: "slack-export-\(UUID().uuidString).zip")
        try Data(export.builder.bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }

        #expect(throws: CancellationError.self) {
            try SlackImporter().read(ImportFile(path: path.path, name: "export.zip"), into: output)
        }
        #expect(output.stagedCount < 5000)
    }

    /// Its operation ends after a few checks.
    private final class ImpatientOutput: ImportOutput {
        private var steps: Int
        private(set) var stagedCount = 0

        init(steps: Int) { self.steps = steps }

        func stage(_ record: ImportRecord) throws { stagedCount += 1 }
        func report(_ finding: ImportFinding) throws {}
        func report(entry: String?, bytes: Int64, of total: Int64) throws {}

        func checkCancellation() throws {
            steps -= 1
            if steps < 0 { throw CancellationError() }
        }
    }
}

@Suite("Given a limit of bytes")
struct ByteLimitTests {
    @Test(arguments: [("abc", 3, "abc"), ("abc", 2, "ab"), ("é", 1, ""), ("aé", 2, "a"), ("e\u{301}", 2, "e")])
    func `when a text is longer, then whole characters are kept`(text: String, bytes: Int, kept: String) {
        #expect(text.clipped(toBytes: bytes) == kept)
    }

    @Test func `when ids are too long, then they take no memory of other people`() {
        let allowance = Allowance(bytes: 1000)
        let users = SlackPeople(allowance: allowance)

        let long = users.number(of: String(repeating: "x", count: 600))

        #expect(long == nil)
        #expect(users.number(of: "U1") != nil)
        #expect(allowance.refusedCount == 0)
    }
}
