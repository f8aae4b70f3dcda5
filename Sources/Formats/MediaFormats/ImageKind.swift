/// A kind of image that is accepted for avatars and shown in messages.
///
/// Excludes images that can contain scripts or load other URLs, such as SVG.
public enum ImageKind: String, CaseIterable, Sendable {
    /// Portable Network Graphics.
    case png
    /// JPEG, in any of its file formats.
    case jpeg
    /// Graphics Interchange Format.
    case gif
    /// WebP.
    case webp

    /// The kind of image by a file's first bytes; nil for everything else.
    ///
    /// Ignores name and declared type.
    public init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// The registered media type.
    public var mediaType: String { "image/\(rawValue)" }
}
