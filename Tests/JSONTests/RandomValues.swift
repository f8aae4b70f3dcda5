import JSON
import RandomNumbers

/// Creates JSON values, and texts of them that use all variations of the grammar.
struct RandomValues {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 10 : 6), using: &generator) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &generator))
        case 2: return .number(JSONNumber(Int.random(in: .min ... .max, using: &generator)))
        case 3: return .number(number())
        case 4, 5: return .string(string())
        case 6, 7:
            return .array((0..<Int.random(in: 0...6, using: &generator)).map { _ in value(depth: depth + 1) })
        default:
            let count = Int.random(in: 0...6, using: &generator)
            // Numbered, because random keys may be the same.
            return .object((0..<count).map { JSONMember(key: "\($0)\(string())", value: value(depth: depth + 1)) })
        }
    }

    mutating func number() -> JSONNumber {
        let digits = Double(Int.random(in: -1_000_000...1_000_000, using: &generator))
        let scale: Double = [1e-30, 1e-9, 1e-3, 1, 1e9, 1e25].randomElement(using: &generator) ?? 1
        return JSONNumber(digits * scale) ?? JSONNumber(0)
    }

    mutating func string() -> String {
        let length = generator.isOne(in: 8) ? 60 : Int.random(in: 0...20, using: &generator)
        return String(String.UnicodeScalarView((0..<length).map { _ in scalar() }))
    }

    private mutating func scalar() -> Unicode.Scalar {
        let range: ClosedRange<UInt32> =
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: 0x01...0x1F
            case 1: 0x80...0x2FF
            case 2: 0x4E00...0x9FFF
            case 3: 0x1F300...0x1F6FF
            default: 0x20...0x7E
            }
        return Unicode.Scalar(UInt32.random(in: range, using: &generator)) ?? "?"
    }

    /// A text of `value` with random white space and escapes.
    mutating func text(of value: JSONValue) -> String {
        let body: String
        switch value {
        case .object(let members):
            let parts = members.map { "\(text(of: .string($0.key))):\(text(of: $0.value))" }
            body = "{" + space() + parts.joined(separator: ",") + space() + "}"
        case .array(let elements):
            body = "[" + space() + elements.map { text(of: $0) }.joined(separator: ",") + "]"
        case .string(let string): body = escaped(string)
        case .number, .boolean, .null: body = value.serialized()
        }
        return space() + body + space()
    }

    private mutating func space() -> String {
        generator.isOne(in: 4) ? [" ", "\n", "\t", "\r\n", "   "].randomElement(using: &generator) ?? "" : ""
    }

    private mutating func escaped(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            if generator.isOne(in: 10) || scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: generator.isOne(in: 2))
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
