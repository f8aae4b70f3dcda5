import Foundation
import JSON

/// Whether Foundation accepts a text.
func foundationAccepts(_ bytes: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
}

/// Whether Foundation reads a text as `value`.
///
/// Uses its decoder, because JSONSerialization drops byte order marks.
func foundationReads(_ bytes: [UInt8], as value: JSONValue) -> Bool {
    guard let decoded = try? JSONDecoder().decode(FoundationValue.self, from: Data(bytes)) else { return false }
    return isSame(decoded, value)
}

private indirect enum FoundationValue: Decodable {
    case object([String: FoundationValue])
    case array([FoundationValue])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([FoundationValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: FoundationValue].self))
        }
    }
}

private func isSame(_ decoded: FoundationValue, _ value: JSONValue) -> Bool {
    switch (decoded, value) {
    case (.object(let found), .object(let members)):
        found.count == members.count
            && members.allSatisfy { member in found[member.key].map { isSame($0, member.value) } ?? false }
    case (.array(let found), .array(let elements)):
        found.count == elements.count && zip(found, elements).allSatisfy { isSame($0, $1) }
    case (.string(let found), .string(let text)): Array(found.utf8) == Array(text.utf8)
    case (.number(let found), .number(let number)): found == number.double
    case (.boolean(let found), .boolean(let boolean)): found == boolean
    case (.null, .null): true
    default: false
    }
}
