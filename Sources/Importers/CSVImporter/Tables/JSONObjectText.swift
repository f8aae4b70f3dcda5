internal import ImportDomain
internal import JSON

/// Custom fields as records keep them: the text of one JSON object.
enum JSONObjectText {
    /// An object of all fields that have a value, or nil if none has; of equal names the first one counts.
    static func fields(_ fields: [(name: String, value: String)]) -> String? {
        var writer = JSONWriter()
        var seen: Set<ExactString> = []
        writer.beginObject()
        for (name, value) in fields where !value.isEmpty && seen.insert(ExactString(name)).inserted {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        return seen.isEmpty ? nil : writer.text
    }
}
