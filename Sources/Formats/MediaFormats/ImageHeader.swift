/// The header of an image.
public struct ImageHeader: Equatable, Sendable {
    /// How many bytes of a file suffice, unless a JPEG has more than that before its frame.
    public static let prefixBytes = 512 << 10

    /// The kind of image.
    public let kind: ImageKind
    /// Pixels from left to right, at least 1, as stored: a JPEG's orientation is ignored.
    public let width: Int
    /// Pixels from top to bottom, at least 1.
    public let height: Int

    /// Reads the header at the beginning of a file.
    ///
    /// Reads only the header: the rest may be missing or broken. Nil if it is not an image of an `ImageKind`, or has no
    /// size within these bytes.
    public init?(_ bytes: [UInt8]) {
        guard let kind = ImageKind(bytes) else { return nil }
        let field = ByteField(bytes)
        let size: (width: Int, height: Int)? =
            switch kind {
            case .png: Self.png(field)
            case .jpeg: Self.jpeg(field)
            case .gif: field.little(2, at: 6).flatMap { width in field.little(2, at: 8).map { (width, $0) } }
            case .webp: Self.webp(field)
            }
        guard let size, size.width > 0, size.height > 0 else { return nil }
        self.kind = kind
        width = size.width
        height = size.height
    }

    /// The first chunk must be the header, of 13 bytes.
    private static func png(_ field: ByteField) -> (width: Int, height: Int)? {
        guard field.big(4, at: 8) == 13, field.text(4, at: 12) == "IHDR", let width = field.big(4, at: 16),
            let height = field.big(4, at: 20), width < 1 << 31, height < 1 << 31
        else { return nil }
        return (width, height)
    }

    /// The size is in the frame header, after any number of segments, which are skipped.
    private static func jpeg(_ field: ByteField) -> (width: Int, height: Int)? {
        var offset = 2
        while field[offset] == 0xff, let marker = field[offset + 1] {
            switch marker {
            case 0xff:
                // Any number of these may precede a marker.
                offset += 1
            case 0x01, 0xd0...0xd7:
                offset += 2
            case 0xc0...0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf:
                guard let height = field.big(2, at: offset + 5), let width = field.big(2, at: offset + 7) else {
                    return nil
                }
                return (width, height)
            case 0x00, 0xd8, 0xd9, 0xda:
                return nil
            default:
                guard let length = field.big(2, at: offset + 2), length >= 2 else { return nil }
                offset += 2 + length
            }
        }
        return nil
    }

    /// The first chunk is one of three, each with its own form of size.
    private static func webp(_ field: ByteField) -> (width: Int, height: Int)? {
        switch field.text(4, at: 12) {
        case "VP8X":
            guard let width = field.little(3, at: 24), let height = field.little(3, at: 27) else { return nil }
            return (width + 1, height + 1)
        case "VP8L":
            guard field[20] == 0x2f, let bits = field.little(4, at: 21) else { return nil }
            return (bits & 0x3fff + 1, bits >> 14 & 0x3fff + 1)
        case "VP8 ":
            guard field.big(3, at: 23) == 0x9d012a, let width = field.little(2, at: 26),
                let height = field.little(2, at: 28)
            else { return nil }
            return (width & 0x3fff, height & 0x3fff)
        default: return nil
        }
    }
}
