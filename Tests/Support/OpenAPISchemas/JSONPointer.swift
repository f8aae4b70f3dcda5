import JSON

/// Names positions in JSON values.
///
/// Source: RFC 6901.
enum JSONPointer {
    /// A property's name, escaped for a pointer.
    static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// The value at a `$ref` pointer, which begins with `#`.
    static func value(at reference: String, in document: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: JSONValue? = document
        for name in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            value = value?[String(name).replacing("~1", with: "/").replacing("~0", with: "~")]
        }
        return value
    }
}
