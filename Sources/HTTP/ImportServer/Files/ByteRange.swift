/// The bytes of a file that a request asks for.
///
/// Source: RFC 9110, section 14.1.2.
enum ByteRange: Equatable {
    /// All of them: there is no range, or an unsupported one, such as several ranges.
    case whole
    /// These.
    case part(Range<Int64>)
    /// Bytes that the file does not have.
    case unsatisfiable

    /// - Parameters:
    ///   - header: `Range`, if there is one.
    ///   - size: the size of the file in bytes.
    init(_ header: String?, size: Int64) {
        self = .whole
        guard let header, header.hasPrefix("bytes=") else { return }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy(Self.isNumber) else { return }
        switch (Int64(ends[0]), Int64(ends[1])) {
        case (nil, let length?) where ends[0].isEmpty:
            self = length == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - length)..<size)
        case (let first?, nil) where ends[1].isEmpty:
            self = first < size ? .part(first..<size) : .unsatisfiable
        case (let first?, let last?) where first <= last:
            self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
        default: break
        }
    }

    private static func isNumber(_ text: Substring) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
