public import SHA256

extension SHA256Digest {
    /// The digest as 44 characters of standard, padded base64.
    ///
    /// - Parameter text: hashed as UTF-8.
    public static func base64(of text: String) -> String {
        base64(of: Array(text.utf8))
    }

    /// The digest as 44 characters of standard, padded base64.
    public static func base64(of bytes: [UInt8]) -> String {
        var words = bytes.withUnsafeBytes { Self.words(of: $0) }
        for index in 0..<8 { words[index] = words[index].bigEndian }
        return withUnsafeBytes(of: words) { SixBitEncoding.base64.text(of: $0, isPadded: true) }
    }
}
