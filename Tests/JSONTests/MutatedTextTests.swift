import JSON
import RandomNumbers
import Testing

@Suite("Given valid texts that were damaged at random")
struct MutatedTextTests {
    private static let count = 20_000

    @Test
    func `when they are read, then nothing is accepted that Foundation rejects`() {
        var texts = MutatedTexts(seed: 3)
        var acceptedCount = 0
        for _ in 0..<Self.count {
            let text = texts.next()

            let refusals = Refusals(of: text)

            #expect(refusals.agree)
            if refusals.reading == nil {
                acceptedCount += 1
                #expect(foundationAccepts(text), "accepted: \(String(decoding: text, as: UTF8.self))")
            } else {
                #expect(refusals.reading.map { (0...text.count).contains($0.offset) } == true)
            }
        }

        // Otherwise the damage is too great for a comparison.
        #expect(acceptedCount > Self.count / 20 && acceptedCount < Self.count)
    }

    @Test
    func `when they are split and their elements read, then the same are accepted as without splitting`() {
        var texts = MutatedTexts(seed: 4)
        var objectCount = 0
        for _ in 0..<Self.count / 4 {
            let text = texts.next()
            let chunkSize = Int.random(in: 1...16, using: &texts.generator)

            let splitting = Splitting(text, chunkSize: chunkSize)
            let whole = Splitting(text, chunkSize: text.count + 1)

            #expect(splitting == whole)
            #expect(
                Splitting(text, chunkSize: chunkSize, recovers: true)
                    == Splitting(text, chunkSize: text.count + 1, recovers: true))
            guard splitting.events.first == .root(.object) else { continue }
            objectCount += 1
            let parts = splitting.events.compactMap { event -> JSONError? in
                switch event {
                case .element(let part, _), .value(let part, _): Refusals(of: part).reading
                case .root, .member, .broken: nil
                }
            }
            // A copied part that is not UTF-8 was repaired, so check the whole text.
            let refusal = Refusals(of: text).reading
            if refusal?.code == .invalidUTF8 { continue }
            #expect((splitting.refusal == nil && parts.isEmpty) == (refusal == nil))
        }

        #expect(objectCount > 100)
    }
}

/// Valid texts, each damaged at one to three positions.
private struct MutatedTexts {
    var generator: SeededGenerator
    private var values: RandomValues
    private static let tokens = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e", ".", "\\u", "\0", "\n", "null", " ",
    ]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        values = RandomValues(seed: seed &+ 1)
    }

    mutating func next() -> [UInt8] {
        var value = values.value(depth: 3)
        if generator.isOne(in: 2) { value = .object([JSONMember(key: "a", value: value)]) }
        var text = Array(values.text(of: value).utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !text.isEmpty { damage(&text) }
        return text
    }

    private mutating func damage(_ text: inout [UInt8]) {
        let index = text.indices.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: text[index] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: text[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: text.remove(at: index)
        case 3: text.insert(contentsOf: (Self.tokens.randomElement(using: &generator) ?? "").utf8, at: index)
        case 4: text.removeLast(Int.random(in: 0...min(3, text.count), using: &generator))
        default:
            let end = Int.random(in: index...text.count, using: &generator)
            text.insert(contentsOf: text[index..<end], at: index)
        }
    }
}
