import Foundation

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
    public static func == (left: ExactString, right: ExactString) -> Bool {
        // Not `==` of `String` and then the bytes: ids are compared with every look-up, mostly with themselves.
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
    }

    /// Hashes the bytes.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
