import ImportDomain
import JSON
import RandomNumbers
import Testing

/// The promises of every importer. Source: docs/writing-an-importer.md, "Testing it".
@Suite("Given any importer and a source of it")
struct ImporterConformanceTests {
    @Test(arguments: SourceSample.all)
    func `when it is sound, then there are records and no element is rejected`(sample: SourceSample) throws {
        let output = try sample.read()

        #expect(output.records.count >= sample.entries.reduce(0) { $0 + $1.elements.count })
        #expect(output.refusedCount == 0, "\(output.findings)")
    }

    @Test(arguments: SourceSample.all, 0..<8)
    func `when some elements are broken, then each is counted and the others are imported`(
        sample: SourceSample, seed: Int
    ) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var entries = sample.entries
        let count = Int.random(in: 1...12, using: &generator)
        for _ in 0..<count {
            let index = entries.indices.randomElement(using: &generator) ?? 0
            // The first element identifies the content of a table or a file of lines.
            let place = Int.random(in: 1...entries[index].elements.count, using: &generator)
            entries[index].elements.insert(entries[index].broken, at: place)
        }

        let (sound, damaged) = (try sample.read(), try sample.with(entries).read())

        #expect(damaged.recordTexts == sound.recordTexts)
        #expect(damaged.refusedCount == count, "\(damaged.findings)")
    }

    @Test(arguments: SourceSample.all, 0..<6)
    func `when entries and fields come in another order, then the records are the same`(
        sample: SourceSample, seed: Int
    ) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let entries = try sample.entries.shuffled(using: &generator).map { try $0.reversed }

        let (first, second) = (try sample.read(), try sample.with(entries).read())

        #expect(first.recordTexts == second.recordTexts)
    }

    @Test(arguments: SourceSample.all)
    func `when it is read twice, then ids and everything else are the same`(sample: SourceSample) throws {
        let (first, second) = (try sample.read(), try sample.read())

        #expect(first.recordTexts == second.recordTexts)
        #expect(first.findings.map { "\($0)" }.sorted() == second.findings.map { "\($0)" }.sorted())
    }

    @Test(arguments: SourceSample.all)
    func `when the operation ends at any call, then reading ends with it`(sample: SourceSample) throws {
        let bytes = sample.bytes
        let calls = try sample.read(bytes).calls

        for call in 0..<calls {
            let output = ProbeOutput(failingAtCall: call)
            #expect(throws: CancellationError.self, "call \(call)") { try sample.read(bytes, into: output) }
            #expect(output.lateCalls == 0, "call \(call)")
        }
    }

    @Test(arguments: SourceSample.all)
    func `when it is read, then progress never goes back and ends at the total`(sample: SourceSample) throws {
        let progress = try sample.read().progress

        #expect(zip(progress, progress.dropFirst()).allSatisfy { $0.bytes <= $1.bytes })
        #expect(progress.allSatisfy { (0...$0.total).contains($0.bytes) })
        let last = try #require(progress.last)
        #expect(last.bytes == last.total)
        #expect(last.total == Int64(sample.bytes.count))
    }

    @Test(arguments: SourceSample.all)
    func `when the file ends anywhere, then it is rejected or read with what is there`(sample: SourceSample) throws {
        let bytes = sample.bytes

        for part in 0...40 {
            let output = try Self.outcome { try sample.read(Array(bytes.prefix(bytes.count * part / 40)), into: $0) }
            #expect(output.disclosedTexts.isEmpty)
        }
    }

    @Test(arguments: SourceSample.all, 0..<40)
    func `when a byte is another one, then it is rejected or read and nothing private is disclosed`(
        sample: SourceSample, seed: Int
    ) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var entries = sample.entries
        let index = entries.indices.randomElement(using: &generator) ?? 0
        let element = entries[index].elements.indices.randomElement(using: &generator) ?? 0
        var bytes = Array(entries[index].elements[element].utf8)
        let place = bytes.indices.randomElement(using: &generator) ?? 0
        bytes[place] = [0, 0x22, 0x2C, 0x3B, 0x5B, 0x7B, 0x7D, 0xFF, 0x39].randomElement(using: &generator) ?? 0
        entries[index].elements[element] = String(decoding: bytes, as: UTF8.self)

        let output = try Self.outcome { try sample.with(entries).read(sample.with(entries).bytes, into: $0) }

        #expect(output.disclosedTexts.isEmpty)
    }

    @Test(arguments: SourceSample.all, 0..<40)
    func `when a value is of another kind, then nothing private is disclosed`(sample: SourceSample, seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var entries = sample.entries
        let index = entries.indices.randomElement(using: &generator) ?? 0
        let element = entries[index].elements.indices.randomElement(using: &generator) ?? 0
        if case .table = entries[index].form {
            var cells = entries[index].elements[element].split(separator: ",", omittingEmptySubsequences: false)
            cells[cells.indices.randomElement(using: &generator) ?? 0] =
                ["", "7", "{}", "true"].randomElement(using: &generator) ?? ""
            entries[index].elements[element] = cells.joined(separator: ",")
        } else {
            let value = try JSONValue(parsing: entries[index].elements[element])
            entries[index].elements[element] = Self.changed(value, using: &generator).serialized()
        }

        let output = try Self.outcome { try sample.with(entries).read(sample.with(entries).bytes, into: $0) }

        #expect(output.disclosedTexts.isEmpty)
    }

    @Test(
        arguments: SourceSample.all,
        [
            "", " ", "[", "{", "null", "\"", "\u{0}", "7", "[[]]", "{\"a\":{}}",
            String(repeating: "[", count: 20_000), String(repeating: "{\"a\":", count: 100_000),
            String(repeating: "\"", count: 20_001), String(repeating: ",", count: 20_000),
        ])
    func `when it holds a hostile element, then it is rejected or read`(sample: SourceSample, element: String) throws {
        for index in sample.entries.indices {
            var entries = sample.entries
            entries[index].elements.append(element)
            entries[index].elements.append(sample.entries[index].elements[0])
            let output = try Self.outcome { try sample.with(entries).read(sample.with(entries).bytes, into: $0) }
            #expect(output.disclosedTexts.isEmpty)
        }
        _ = try Self.outcome { try sample.read(Array(element.utf8), into: $0) }
    }

    /// The output of a reading until it ended.
    ///
    /// - Throws: errors of the importer, except `ImportFileFailure`.
    private static func outcome(_ body: (ProbeOutput) throws -> Void) throws -> ProbeOutput {
        let output = ProbeOutput()
        do { try body(output) } catch let failure as ImportFileFailure { #expect(!failure.message.isEmpty) }
        return output
    }

    /// The value with one part replaced by another type.
    private static func changed(_ value: JSONValue, using generator: inout SeededGenerator) -> JSONValue {
        let others: [JSONValue] = [
            .null, .boolean(true), .boolean(false), .string(""), .string("x"), .array([]), .object([]),
            .array([.string("x")]), .array([.null]), .object([JSONMember(key: "a", value: .null)]),
        ]
        switch value {
        case .object(var fields) where !fields.isEmpty && !generator.isOne(in: 8):
            let index = fields.indices.randomElement(using: &generator) ?? 0
            fields[index] = JSONMember(
                key: fields[index].key, value: changed(fields[index].value, using: &generator))
            return .object(fields)
        case .array(var elements) where !elements.isEmpty && !generator.isOne(in: 3):
            let index = elements.indices.randomElement(using: &generator) ?? 0
            elements[index] = changed(elements[index], using: &generator)
            return .array(elements)
        default: return others.randomElement(using: &generator) ?? .null
        }
    }
}
