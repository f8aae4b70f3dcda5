/// A string compared byte by byte.
///
/// `String` treats "é" and "e" with a combining accent as equal. Such import ids are different, so dictionaries and
/// sets of ids use this key.
/// Source: docs/guarantees.md, "Names and addresses".
public struct ExactString: Hashable, Sendable {
    /// The string as given.
    public let text: String

    /// The key of a string.
    @inlinable
    public init(_ text: String) { self.text = text }

    /// Whether both have the same bytes.
    @inlinable
    public static func == (left: ExactString, right: ExactString) -> Bool {
        // Strings that differ have different bytes, and `String` detects most of them quickly.
        left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Hashes the bytes.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
