/// The signatures of file types.
enum Signature {
    /// The media type of a file's first bytes; nil if they are unknown.
    ///
    /// - Parameter declared: decides between types that share a container, such as audio and video.
    static func mediaType(of bytes: [UInt8], declared: String?) -> String? {
        if let image = ImageKind(bytes) { return image.mediaType }
        let field = ByteField(bytes)
        switch field.text(4, at: 0) {
        case "%PDF": return "application/pdf"
        case "PK\u{3}\u{4}", "PK\u{5}\u{6}": return zip(declared)
        case "fLaC": return "audio/flac"
        case "OggS": return declared?.hasPrefix("video/") == true ? "video/ogg" : "audio/ogg"
        case "RIFF":
            switch field.text(4, at: 8) {
            case "WAVE": return "audio/wav"
            case "AVI ": return "video/x-msvideo"
            default: return nil
            }
        default: break
        }
        if field.text(4, at: 4) == "ftyp" { return isoMedia(brand: field.text(4, at: 8) ?? "", declared) }
        if bytes.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) { return matroska(bytes, declared) }
        if bytes.starts(with: [0x1f, 0x8b]) { return "application/gzip" }
        if bytes.starts(with: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) { return "application/x-7z-compressed" }
        if bytes.starts(with: "ID3".utf8) { return "audio/mpeg" }
        // A frame of MPEG audio, layer 3: eleven bits set, then version and layer.
        if field[0] == 0xff, let second = field[1], [0xfb, 0xfa, 0xf3, 0xf2, 0xe3, 0xe2].contains(second) {
            return "audio/mpeg"
        }
        return nil
    }

    /// Whether `mediaType(of:declared:)` detects this type, so that a wrong declaration is recognized.
    static func isRecognizable(_ type: String) -> Bool {
        [
            "image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "application/pdf", "application/zip",
            "application/gzip", "audio/flac", "video/mp4", "video/quicktime", "video/webm", "audio/wav", "audio/ogg",
        ].contains(type)
    }

    /// Office documents are archives too; their declared type is kept.
    private static func zip(_ declared: String?) -> String {
        guard let declared, !declared.hasSuffix("+xml") else { return "application/zip" }
        let isDocument =
            declared.hasPrefix("application/vnd.openxmlformats-officedocument.")
            || declared.hasPrefix("application/vnd.oasis.opendocument.")
            || ["application/epub+zip", "application/java-archive", "application/vnd.android.package-archive"]
                .contains(declared)
        return isDocument ? declared : "application/zip"
    }

    private static func isoMedia(brand: String, _ declared: String?) -> String {
        switch brand {
        case "M4A ", "M4B ": "audio/mp4"
        case "qt  ": "video/quicktime"
        case "heic", "heix", "mif1": "image/heic"
        case "avif", "avis": "image/avif"
        default: declared?.hasPrefix("audio/") == true ? "audio/mp4" : "video/mp4"
        }
    }

    private static func matroska(_ bytes: [UInt8], _ declared: String?) -> String {
        let isSound = declared?.hasPrefix("audio/") == true
        // The kind is in one of the first elements.
        if bytes.prefix(64).firstRange(of: Array("webm".utf8)) != nil { return isSound ? "audio/webm" : "video/webm" }
        return isSound ? "audio/x-matroska" : "video/x-matroska"
    }
}
