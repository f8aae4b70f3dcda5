internal import ImportDomain
internal import JSON

/// Custom fields of a record: the text of one JSON object, in which each name stands once.
public struct CustomFields {
    private var writer = JSONWriter()
    private var names: Set<ExactString> = []
    private let maximumBytes: Int

    /// No fields yet.
    ///
    /// - Parameter maximumBytes: how many bytes the text may have, about.
    public init(maximumBytes: Int = .max) {
        self.maximumBytes = maximumBytes
        writer.beginObject()
    }

    /// Adds a field.
    ///
    /// - Returns: false for a name that is there already, and for a field beyond the limit.
    public mutating func add(_ name: String, _ value: String) -> Bool {
        guard writer.bytes.count + name.utf8.count + value.utf8.count <= maximumBytes,
            names.insert(ExactString(name)).inserted
        else { return false }
        writer.key(name)
        writer.string(value)
        return true
    }

    /// The text of the object; nil if it has no field.
    public var text: String? {
        if names.isEmpty { return nil }
        var writer = writer
        writer.endObject()
        return writer.text
    }

    /// The text of an object of all fields that have a value; of equal names the first one counts.
    public static func text(_ fields: [(name: String, value: String)]) -> String? {
        var object = CustomFields()
        for (name, value) in fields where !value.isEmpty { _ = object.add(name, value) }
        return object.text
    }
}
