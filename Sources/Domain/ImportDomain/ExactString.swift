/// A string compared byte by byte.
///
/// `String` holds "é" to be equal to "e" with a combining accent. Two import ids that differ so are two ids, so
/// dictionaries and sets of ids use this key.
/// Source: docs/guarantees.md, "Names and addresses".
public struct ExactString: Hashable, Sendable {
    /// The string as given.
    public let text: String

    /// The key of a string.
    public init(_ text: String) { self.text = text }

    /// Whether both have the same bytes.
    public static func == (left: ExactString, right: ExactString) -> Bool {
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in right.withUTF8 { right in left.elementsEqual(right) } }
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
