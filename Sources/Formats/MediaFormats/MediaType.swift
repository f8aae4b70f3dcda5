/// A media type that is safe to be stored with a file and to be sent with it: `type/subtype`, lower-case.
///
/// It is never one that a browser runs, such as HTML or SVG; those become `application/octet-stream`. Answers that
/// carry it should still say `X-Content-Type-Options: nosniff`. Source: docs/downloads.md, "Media types".
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes of a file are looked at.
    public static let prefixBytes = 512
    /// Bytes of which nothing is known, or should not be.
    public static let unknown = MediaType(trusted: "application/octet-stream")

    /// The text.
    public let description: String

    private init(trusted text: String) { description = text }

    /// The type of a file by its first bytes, and by what it is said to be where these do not tell.
    public init(ofFileBeginning bytes: [UInt8], declared: String?) {
        let declared = declared.flatMap(Self.essence)
        let prefix = Array(bytes.prefix(Self.prefixBytes))
        if let found = Signature.mediaType(of: prefix, declared: declared) {
            self.init(trusted: found)
        } else if TextPrefix.isText(prefix) {
            self = TextPrefix.isMarkup(prefix) ? .unknown : Self.text(declared)
        } else if let declared, !Self.isActive(declared), !Signature.isRecognizable(declared),
            !declared.hasPrefix("text/")
        {
            self.init(trusted: declared)
        } else {
            self = .unknown
        }
    }

    /// Whether a browser may show it in place; everything else is offered for download.
    public var isShownInPlace: Bool {
        switch description {
        case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain": true
        default: isAudio || isVideo
        }
    }

    /// Whether it is a picture.
    public var isImage: Bool { description.hasPrefix("image/") }
    /// Whether it is sound.
    public var isAudio: Bool { description.hasPrefix("audio/") }
    /// Whether it is a film.
    public var isVideo: Bool { description.hasPrefix("video/") }

    /// The type of a text that is no markup: what it is said to be if that is a text, such as CSV or JSON.
    private static func text(_ declared: String?) -> MediaType {
        guard let declared, !isActive(declared), declared.hasPrefix("text/") || declared == "application/json" else {
            return MediaType(trusted: "text/plain")
        }
        return MediaType(trusted: declared)
    }

    /// Whether browsers run, style by or interpret it.
    private static func isActive(_ type: String) -> Bool {
        let subtype = type.drop { $0 != "/" }.dropFirst()
        return subtype.hasSuffix("+xml") || type.hasPrefix("multipart/") || type.hasPrefix("message/")
            || [
                "html", "xml", "xsl", "xslt", "svg", "javascript", "x-javascript", "ecmascript", "x-ecmascript",
                "jscript", "livescript", "css", "cache-manifest", "x-shockwave-flash", "vnd.wap.wml",
                "x-httpd-php", "hta",
            ].contains(subtype)
    }

    /// A media type without parameters, in lower case; nil when it is malformed.
    private static func essence(_ text: String) -> String? {
        guard text.utf8.count <= 255 else { return nil }
        let essence = text.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        let parts = essence.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isAllowed =
            parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                            UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
        return isAllowed ? essence : nil
    }
}
