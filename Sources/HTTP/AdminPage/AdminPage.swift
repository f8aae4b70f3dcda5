import CAdminPage

/// The files of the admin page, which browsers load from `/admin/import`.
///
/// Source: docs/admin-page.md.
public enum AdminPage {
    /// A file of the page.
    public struct File: Sendable {
        /// The path below the page's folder, such as `views/imports.js`.
        public let path: String
        /// The media type, with the character set of text.
        public let mediaType: String
        /// The content.
        public let bytes: [UInt8]
        /// The value of `ETag`, which identifies the content.
        public let tag: String
    }

    /// The path of the document.
    public static let document = "index.html"

    /// Every file, by its path.
    public static let files: [String: File] = {
        let embedded = UnsafeBufferPointer(start: ferry_page_files(), count: ferry_page_file_count())
        let files = embedded.map { file in
            let path = String(cString: file.path)
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
            return File(path: path, mediaType: mediaType(of: path), bytes: bytes, tag: tag(of: bytes))
        }
        return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })
    }()

    /// What browsers allow the page: its own files and the API of its own server.
    ///
    /// No script of the page may turn text into HTML (`require-trusted-types-for`).
    public static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private static func mediaType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "csv": "text/csv; charset=utf-8"
        case "svg": "image/svg+xml"
        case "zip": "application/zip"
        default: "application/octet-stream"
        }
    }

    /// The 64-bit FNV-1a hash of the content: it only has to change when the content changes.
    private static func tag(of bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\"\(String(hash, radix: 16))\""
    }
}
