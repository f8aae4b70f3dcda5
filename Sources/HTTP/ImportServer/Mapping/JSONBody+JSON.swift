import ImportAPI
import JSON

extension JSONBody {
    /// A value from its text; nil for text that is not JSON.
    init?(text: String) {
        // Ferry wrote this text; if it is damaged, the response omits it.
        guard let value = try? JSONReader.read(text, { try JSONBody(&$0) }) else { return nil }
        self = value
    }

    /// Reads the next value.
    private init(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.kind() {
        case .object:
            var fields: [String: JSONBody] = [:]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let value = try JSONBody(&reader)
                // `String` treats composed and decomposed characters as equal; the first of such keys wins.
                if fields[key] == nil { fields[key] = value }
            }
            self = .object(fields)
        case .array:
            var values: [JSONBody] = []
            try reader.beginArray()
            while try reader.nextElement() { values.append(try JSONBody(&reader)) }
            self = .array(values)
        case .string: self = .string(try reader.readString())
        case .number:
            let number = try reader.readNumber()
            self = number.integer.map(JSONBody.integer) ?? .number(number.double)
        case .boolean: self = .boolean(try reader.readBoolean())
        case .null:
            try reader.readNull()
            self = .null
        }
    }
}
