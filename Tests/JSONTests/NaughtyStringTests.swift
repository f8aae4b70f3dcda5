import Foundation
import JSON
import Testing

@Suite("Given the big list of naughty strings")
struct NaughtyStringTests {
    private func list() throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/NaughtyStrings/blns", withExtension: "json"))
        return Array(try Data(contentsOf: url))
    }

    @Test
    func `when it is read, then it is what Foundation reads`() throws {
        let bytes = try list()

        let value = try JSONValue(parsing: bytes)

        #expect(foundationReads(bytes, as: value))
    }

    @Test
    func `when it is written, then it reads back as it was`() throws {
        let value = try JSONValue(parsing: try list())

        let text = value.serialized()

        #expect(try JSONValue(parsing: text) == value)
        #expect(foundationReads(Array(text.utf8), as: value))
    }

    @Test
    func `when its strings are keys, then none is taken for another`() throws {
        guard case .array(let strings) = try JSONValue(parsing: try list()) else { throw CancellationError() }
        var seen: Set<[UInt8]> = []
        var writer = JSONWriter()
        writer.beginObject()
        for case .string(let string) in strings where seen.insert(Array(string.utf8)).inserted {
            writer.key(string)
            writer.null()
        }
        writer.endObject()

        #expect(Refusals(of: writer.bytes).reading == nil)
        #expect(seen.count > 400)
    }
}
