import ImportDomain
import Testing

@Suite("Given pins listed with the rooms")
struct PinTests {
    private static func read(_ pins: String, _ messages: String...) throws -> RecordingOutput {
        var export = SmallExport()
        export.channels = [#"{"pins":\#(pins),"id":"C1","name":"general","members":["U1","U2"]}"#]
        export.messages = messages
        return try export.read()
    }

    @Test(arguments: [
        #"[{"id":"1700000100.000200","type":"C","user":"U1"}]"#, #"[{"id":1700000100.000200}]"#,
        #"["1700000100.000200"]"#, #"[null,5,{},{"id":"1700000100.000200"}]"#,
    ])
    func `when a message is in the list, then it is pinned and others are not`(pins: String) throws {
        let output = try Self.read(
            pins, #"{"user":"U1","ts":"1700000000.000100","text":"a"}"#,
            #"{"user":"U1","ts":"1700000100.000200","text":"b"}"#)

        #expect(output.messages.map(\.isPinned) == [false, true])
    }

    @Test func `when a file is in the list, then the message with the file is pinned`() throws {
        let output = try Self.read(
            #"[{"id":"F1","type":"F"}]"#, #"{"user":"U1","ts":"1.1","text":"a","files":[{"id":"F1","name":"x"}]}"#)

        #expect(output.messages.first?.isPinned == true)
    }

    @Test func `when a pin's message is not in the export, then a finding counts it`() throws {
        let output = try Self.read(#"[{"id":"9.1"},{"id":"1.1"}]"#, #"{"user":"U1","ts":"1.1","text":"a"}"#)

        #expect(output.messages.map(\.isPinned) == [true])
        #expect(output.findings(.valueReplaced).map(\.count) == [1])
        #expect(output.findings(.valueReplaced).map(\.field) == ["pins"])
    }

    @Test(arguments: ["null", "5", #""x""#, "{}"])
    func `when the list is invalid, then the room is there all the same`(pins: String) throws {
        let output = try Self.read(pins, #"{"user":"U1","ts":"1.1","text":"a"}"#)

        #expect(output.messages.map(\.isPinned) == [false])
    }

    @Test func `when two rooms have messages of one time, then only the one in the pinning room is pinned`() throws {
        var export = SmallExport()
        export.channels = [#"{"id":"C1","name":"general","members":["U1"],"pins":[{"id":"1.1"}]}"#]
        export.messages = [#"{"user":"U1","ts":"1.1","text":"a"}"#]
        export.entries = [
            ("groups.json", #"[{"id":"G1","name":"g","members":["U1"]}]"#),
            ("g/2020-01-01.json", #"[{"user":"U1","ts":"1.1","text":"b"}]"#),
        ]

        let output = try export.read()

        #expect(output.messages.filter(\.isPinned).map(\.text) == ["a"])
    }
}
