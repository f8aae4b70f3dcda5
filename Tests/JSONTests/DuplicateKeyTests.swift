import JSON
import Testing

@Suite("Given an object")
struct DuplicateKeyTests {
    @Test(arguments: [
        ("{\"a\":1,\"a\":1}", 7, "a"), ("{\"a\":1,\"\\u0061\":2}", 7, "a"), ("{\"\\u0061\":1,\"a\":2}", 12, "a"),
        ("{\"\":1,\"\":2}", 6, ""), ("[{\"x\":{\"é\":1,\"\\u00e9\":2}}]", 14, "é"),
        ("{\"a long key, more than eight\":1,\"a long key, more than eight\":2}", 33, "a long key, more than eight"),
        ("{\"a\":{\"b\":1,\"c\":{}},\"b\":1,\"a\":2}", 26, "a"),
    ])
    func `when a key appears twice, then the text is rejected`(text: String, offset: Int, key: String) {
        let refusals = Refusals(of: text)

        #expect(refusals.reading == JSONError(code: .duplicateKey, offset: offset, detail: key))
        #expect(refusals.agree)
    }

    @Test(arguments: [
        "{\"a\":{\"a\":{\"a\":1}}}", "[{\"a\":1},{\"a\":1}]", "{\"a\":1,\"A\":2,\"a \":3,\"aa\":4}",
        "{\"é\":1,\"e\u{301}\":2}", "{\"12345678\":1,\"123456789\":2,\"1234567\":3}", "{\"\\\\u0061\":1,\"a\":2}",
    ])
    func `when its keys only look alike, then it is accepted`(text: String) {
        let refusals = Refusals(of: text)

        #expect(refusals.reading == nil && refusals.agree)
    }

    @Test(arguments: [1, 2, 31, 32, 33, 34, 100])
    func `when any of its keys appears again, then the text is rejected`(count: Int) {
        let members = (0..<count).map { "\"key \($0)\":{\"key \($0)\":0}" }.joined(separator: ",")

        #expect(Refusals(of: "{\(members)}").reading == nil)
        for index in 0..<count {
            let refusals = Refusals(of: "{\(members),\"ke\\u0079 \(index)\":0}")
            #expect(refusals.reading?.code == .duplicateKey && refusals.agree)
            #expect(refusals.reading?.detail == "key \(index)")
        }
    }

    @Test
    func `when large objects stand in large objects, then each has keys of its own`() {
        let keys = (0..<40).map { "\"\($0)\"" }
        let inner = "{" + keys.map { $0 + ":0" }.joined(separator: ",") + "}"
        let outer = "{" + keys.map { $0 + ":" + inner }.joined(separator: ",") + "}"

        #expect(Refusals(of: "[\(outer),\(outer)]").reading == nil)
        #expect(Refusals(of: outer.dropLast() + ",\"39\":0}").reading?.code == .duplicateKey)
    }

    @Test
    func `when two keys have one fingerprint, then they are still distinguished`() {
        // Found by a search for the present fingerprint function; with another one this test is useless, but not wrong.
        let text = #"{"usernamearTddaPp":1,"Ia7CHlpnx98zyQ93":2}"#

        #expect(Refusals(of: text).reading == nil)
    }

    @Test(.timeLimit(.minutes(10)))
    func `when it has 100,000 keys, then all are compared in little time`() {
        let members = (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",")

        #expect(Refusals(of: "{\(members)}").skipping == nil)
        #expect(Refusals(of: "{\(members),\"99999\":0}").skipping?.code == .duplicateKey)
    }
}
