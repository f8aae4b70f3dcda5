import Foundation
import ImportDomain

/// `Content-Disposition` of a file of a message: `inline` only if its type cannot run scripts.
///
/// Source: RFC 6266.
struct ContentDisposition {
    private static let shownTypes: Set<String> = [
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif", "audio/mpeg", "audio/mp4",
        "audio/ogg", "audio/wav", "audio/webm", "audio/aac", "audio/flac", "video/mp4", "video/webm", "video/ogg",
        "video/quicktime",
    ]

    /// The header's value.
    let value: String

    init(_ file: StoredFile) {
        let type = file.mediaType.prefix { $0 != ";" }.lowercased()
        let plain = String(file.name.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "_" })
        var header = "\(Self.shownTypes.contains(type) ? "inline" : "attachment"); filename=\"\(plain)\""
        if plain != file.name, let name = file.name.addingPercentEncoding(withAllowedCharacters: Self.plainSet) {
            header += "; filename*=UTF-8''\(name)"
        }
        value = header
    }

    private static let plainSet = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || plainSet.contains(scalar) }
}
