import ImportAPI
import JSON

extension JSONBody {
    /// A value from its text; nil for text that is no JSON.
    init?(text: String) {
        // Such texts were written by Ferry; one that is damaged is left out of the answer, not hidden behind an error.
        guard let value = try? JSONValue(parsing: text) else { return nil }
        self.init(value)
    }

    /// A value as answers hold it.
    init(_ value: JSONValue) {
        self =
            switch value {
            case .object(let members):
                .object(Dictionary(members.map { ($0.key, JSONBody($0.value)) }) { first, _ in first })
            case .array(let values): .array(values.map(JSONBody.init))
            case .string(let text): .string(text)
            case .number(let number): number.integer.map(JSONBody.integer) ?? .number(number.double)
            case .boolean(let flag): .boolean(flag)
            case .null: .null
            }
    }
}
