import ImportDomain
import Testing

/// Nothing is lost silently: every element is staged, a finding, or left out by rule.
@Suite("Given an export with random faults")
struct CountingTests {
    private static let elements = [
        #"{"user":"U1","ts":"1.1","text":"a <@U2>"}"#, #"{"type":"message","user":"U404","ts":"1.2"}"#, "null", "7",
        "{}",
        #"{"ts":"x"}"#, #"{"subtype":"bot_add","user":"U1","ts":"1.3"}"#, #"{"subtype":"channel_join","ts":"1.4"}"#,
        #"{"subtype":"weird","ts":"1.5"}"#, #"{"type":"event","ts":"1.6"}"#, #"{"user":[],"text":{},"ts":1.7}"#,
        #"{"ts":"1.8","files":[null,{"id":"F1"}],"attachments":[1,{}],"reactions":{},"edited":5}"#,
        #"{"ts":"1.9","ts":"1.9"}"#, #"{"ts":"2.1","blocks":[{"type":"rich_text","elements":[{}]}],"replies":[{}]}"#,
        #"{"subtype":"file_share","ts":"2.2","file":null}"#, #"{"subtype":"file_comment","ts":"2.3","comment":null}"#,
    ]

    @Test(arguments: 1...30)
    func `when it is read, then staged, found and left out are all there is`(seed: UInt64) throws {
        var generator = LinearGenerator(state: seed)
        var export = SmallExport()
        var count = 0
        for day in 1...5 {
            let elements = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Self.elements.randomElement(using: &generator) ?? ""
            }
            count += elements.count
            let folder = ["general", "lost"].randomElement(using: &generator) ?? ""
            export.entries.append(("\(folder)/2020-01-0\(day).json", "[\(elements.joined(separator: ","))]"))
        }

        let output = try export.read()

        let files = output.messages.filter { $0.id?.contains("-file") == true }.count
        let invalid = output.findings(.recordInvalid).reduce(0) { $0 + $1.count }
        #expect(output.messages.count - files + invalid + output.ignoredCount == count)
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
