import ImportDomain
import JSON
import Testing

@Suite("Given messages whose fields stand in any order")
struct FieldOrderTests {
    private static let messages = [
        #"{"type":"message","user":"U7","text":"short","ts":"1454300000.000100","bot_id":"B7","bot_profile":{"id":"B7","name":"Bot"},"blocks":[{"type":"header","text":{"type":"plain_text","text":"more"}},{"type":"card","title":"T","b":"2","a":"1","subtitle":{"type":"mrkdwn","text":"s"}}],"icons":{"emoji":":x:","image_36":"https://x.org/36","image_72":"https://x.org/72"},"username":"Tide"}"#,
        #"{"user":"U404","user_profile":{"name":"rita","real_name":"Rita","display_name":"R"},"ts":"1454300001.000100","thread_ts":"1454300001.000100","reply_users":["U2","U1"],"replies":[{"user":"U3","ts":"1.1"},{"user":"U2","ts":"1.2"}],"reply_count":3,"text":"q","blocks":[{"type":"rich_text","elements":[]}]}"#,
        #"{"user":"U1","ts":"1454300002.000100","text":"see","files":[{"id":"F1","mode":"snippet","preview":"p","preview_is_truncated":false,"lines_more":0,"url_private":"https://s.org/a","title":"t","name":"n"},{"id":"F2","lines_more":0,"preview":"p","mode":"snippet","url_private":"https://s.org/b"}],"attachments":[{"text":"q","is_share":true,"is_msg_unfurl":false,"from_url":"https://s.org/p","files":[{"id":"F3","url_private":"https://s.org/c"}],"blocks":[{"type":"markdown","text":"more"}],"fields":[{"title":"a","value":"b","short":true}],"title":"<https://x.org|t>"}]}"#,
        #"{"user":"U1","ts":"1454300003.000100","text":"","edited":{"user":"B7","ts":"1454300009.000100"},"reactions":[{"name":"x","users":["U1","U2"],"count":2},{"name":"x::skin-tone-2","users":["U3"],"count":1}],"blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}],"pinned_to":["C1"]}"#,
        #"{"subtype":"file_share","user":"U1","ts":"1454300004.000100","text":"x","file":{"id":"F4","initial_comment":{"comment":"c","user":"U1"},"url_private":"https://s.org/d"}}"#,
        #"{"subtype":"file_share","user":"U1","ts":"1454300005.000100","text":"x","file":{"id":"F5","initial_comment":"c"},"files":[{"id":"F5","url_private":"https://s.org/d"}]}"#,
    ]

    @Test(arguments: 1...40)
    func `when they are shuffled, then the messages and findings are the same`(seed: UInt64) throws {
        var generator = LinearGenerator(state: seed)
        var export = SmallExport()
        export.users.append(#"{"id":"U7","name":"tidebot","is_bot":true,"profile":{"bot_id":"B7"}}"#)
        export.messages = Self.messages
        let expected = try export.read()

        export.messages = try Self.messages.map {
            Self.shuffled(try JSONValue(parsing: $0), &generator).serialized()
        }
        let output = try export.read()

        #expect(output.messages == expected.messages)
        #expect(output.users == expected.users)
        #expect(output.findings == expected.findings)
    }

    @Test(arguments: 1...60)
    func `when they are of random form, then every one is staged, in any order of its fields`(seed: UInt64) throws {
        var generator = LinearGenerator(state: seed)
        let messages = (0..<20).map { number in
            var members = [
                JSONMember(key: "ts", value: .string("14543000\(number + 10).000100")),
                JSONMember(key: "user", value: .string("U1")),
            ]
            for key in ["text", "blocks", "attachments", "files", "reactions", "edited", "reply_users", "bot_id"] {
                if Bool.random(using: &generator) {
                    members.append(JSONMember(key: key, value: Self.random(depth: 5, &generator)))
                }
            }
            return JSONValue.object(members)
        }
        var export = SmallExport()
        export.messages = messages.map { $0.serialized() }
        let expected = try export.read()

        export.messages = messages.map { Self.shuffled($0, &generator).serialized() }
        let output = try export.read()

        #expect(Set(expected.messages.compactMap { $0.id?.prefix(26) }).count == 20)
        #expect(output.messages == expected.messages)
        #expect(output.findings == expected.findings)
    }

    private static let keys = [
        "type", "text", "elements", "fields", "accessory", "rows", "title", "style", "url", "user_id", "label",
        "element",
        "options", "initial_options", "call", "file", "blocks", "message_blocks", "message", "files", "attachments",
        "id",
        "name", "users", "user", "ts", "image_url", "alt_text", "indent", "timestamp", "value", "count", "fallback",
    ]
    private static let words = [
        "rich_text", "section", "header", "context", "table", "video", "call", "file", "input", "actions", "checkboxes",
        "rich_text_list", "rich_text_quote", "rich_text_preformatted", "text", "link", "user", "date", "emoji", "image",
        "button", "mrkdwn", "plain_text", "raw_text", "<@U2> & ```", "<https://x.org | [a]>", "", "U1", "1454300000.1",
    ]

    private static func random(depth: Int, _ generator: inout LinearGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 4), using: &generator) {
        case 0, 1: .string(words.randomElement(using: &generator) ?? "")
        case 2: .number(JSONNumber(Int.random(in: -3...40, using: &generator)))
        case 3: .null
        case 4, 5, 6:
            .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in random(depth: depth - 1, &generator) })
        default: object(depth: depth, &generator)
        }
    }

    private static func object(depth: Int, _ generator: inout LinearGenerator) -> JSONValue {
        var members = [JSONMember(key: "kind", value: .null)]
        for key in keys.shuffled(using: &generator).prefix(Int.random(in: 0...6, using: &generator)) {
            let value: JSONValue =
                key == "type" || key == "text" && Bool.random(using: &generator)
                ? .string(words.randomElement(using: &generator) ?? "") : random(depth: depth - 1, &generator)
            members.append(JSONMember(key: key, value: value))
        }
        return .object(members)
    }

    private static func shuffled(_ value: JSONValue, _ generator: inout LinearGenerator) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.map { JSONMember(key: $0.key, value: shuffled($0.value, &generator)) }
                    .shuffled(using: &generator))
        case .array(let elements): .array(elements.map { shuffled($0, &generator) })
        default: value
        }
    }

    /// A deterministic generator.
    private struct LinearGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }
}
