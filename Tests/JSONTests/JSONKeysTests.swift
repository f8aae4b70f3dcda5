import JSON
import Testing

@Suite("Given an object that is read for some of its keys")
struct JSONKeysTests {
    private static func found(_ text: String, among names: [String]) throws -> [String] {
        let keys = JSONKeys(names)
        return try JSONReader.read(text) { reader in
            var found: [String] = []
            try reader.beginObject()
            while let place = try reader.nextKey(among: keys) {
                found.append("\(names[place])=\(try reader.readValue().serialized())")
            }
            return found
        }
    }

    @Test func `when it has other members, then only the wanted ones are handed out, in the text's order`() throws {
        let found = try Self.found(#"{"x":{"b":1},"b":2,"y":[{"a":3}],"a":4,"z":5}"#, among: ["a", "b"])

        #expect(found == ["b=2", "a=4"])
    }

    @Test func `when a key is written with escapes, then it is the same key`() throws {
        #expect(try Self.found(#"{"\u0074s":1}"#, among: ["ts"]) == ["ts=1"])
    }

    @Test(arguments: ["", "t", "tss", "ta", "st", "TS"])
    func `when a key only resembles a wanted one, then it is skipped`(key: String) throws {
        #expect(try Self.found(#"{"\#(key)":1,"ts":2}"#, among: ["ts"]) == ["ts=2"])
    }

    @Test func `when hundreds of keys are wanted, then each is distinguished`() throws {
        let names = (0..<500).map { "key_\($0 * 7919)" } + [""]
        let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"

        #expect(try Self.found(text, among: names) == names.map { "\($0)=1" })
    }

    @Test func `when a wanted key appears twice, then the text is rejected`() throws {
        #expect(throws: JSONError.self) { try Self.found(#"{"ts":1,"ts":2}"#, among: ["ts"]) }
    }
}
