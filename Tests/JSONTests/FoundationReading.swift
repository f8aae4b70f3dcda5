import Foundation
import JSON

/// Whether Foundation takes a text.
func foundationAccepts(_ bytes: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
}

/// Whether Foundation reads a text as `value`.
func foundationReads(_ bytes: [UInt8], as value: JSONValue) -> Bool {
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
        return false
    }
    return isSame(object, value)
}

private func isSame(_ object: Any, _ value: JSONValue) -> Bool {
    switch value {
    case .object(let members):
        guard let dictionary = object as? [String: Any], dictionary.count == members.count else { return false }
        return members.allSatisfy { member in dictionary[member.key].map { isSame($0, member.value) } ?? false }
    case .array(let elements):
        guard let array = object as? [Any], array.count == elements.count else { return false }
        return zip(array, elements).allSatisfy { isSame($0, $1) }
    case .string(let text): return (object as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
    case .number(let number): return (object as? NSNumber)?.doubleValue == number.double
    case .boolean(let boolean): return (object as? NSNumber)?.boolValue == boolean
    case .null: return object is NSNull
    }
}
