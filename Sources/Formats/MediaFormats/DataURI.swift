/// The content of a `data:` URL.
///
/// Source: RFC 2397; base64 as in RFC 4648, where padding may be left out.
public struct DataURI: Equatable, Sendable {
    /// Why a `data:` URL was rejected.
    public enum Failure: Error, Equatable, Sendable {
        /// The text does not begin with `data:`, or has no comma.
        case notDataURI
        /// The content has invalid base64 or a broken escape at this byte of the text.
        case malformed(offset: Int)
        /// The content exceeds the limit.
        case tooLarge(limitBytes: Int)
    }

    /// The declared media type, in lower case and without parameters; nil if none.
    public let mediaType: String?
    /// The content.
    public let bytes: [UInt8]

    /// Decodes a `data:` URL.
    ///
    /// - Parameter maximumBytes: the maximum bytes of the content.
    /// - Throws: `Failure`; at most `maximumBytes` were decoded then.
    public init(_ text: String, maximumBytes: Int) throws(Failure) {
        var text = text
        let decoded: Result<(String?, [UInt8]), Failure> = text.withUTF8 { utf8 in
            do throws(Failure) {
                return .success(try Self.decode(utf8, maximumBytes: maximumBytes))
            } catch {
                return .failure(error)
            }
        }
        (mediaType, bytes) = try decoded.get()
    }

    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, maximumBytes: Int
    ) throws(Failure) -> (String?, [UInt8]) {
        // No image or file has a longer header.
        guard text.count >= 5, text.prefix(5).elementsEqual("data:".utf8, by: { $0 | 0x20 == $1 || $0 == $1 }),
            let comma = text.prefix(1024).firstIndex(of: UInt8(ascii: ","))
        else { throw .notDataURI }
        let header = String(decoding: text[5..<comma], as: UTF8.self).lowercased()
        let parameters = header.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let isBase64 = parameters.dropFirst().last?.filter { $0 != " " } == "base64"
        var output = DataURIOutput(limitBytes: maximumBytes, isBase64: isBase64)
        var offset = comma + 1
        while offset < text.count {
            var byte = text[offset]
            if byte == UInt8(ascii: "%") {
                guard offset + 2 < text.count, let high = digit(text[offset + 1]), let low = digit(text[offset + 2])
                else { throw .malformed(offset: offset) }
                byte = high << 4 | low
                offset += 2
            }
            try output.append(byte, at: offset)
            offset += 1
        }
        let mediaType = parameters[0].filter { $0 != " " }
        return (mediaType.isEmpty ? nil : mediaType, try output.finish(at: offset))
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
