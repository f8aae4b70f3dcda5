/// A media type that is safe to store and send with a file: `type/subtype`, lower-case.
///
/// Never a type that browsers execute, such as HTML or SVG; those become `application/octet-stream`. Send it with
/// `X-Content-Type-Options: nosniff`. Source: docs/downloads.md, "Media types".
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes of a file are examined.
    public static let prefixBytes = 512
    /// Unknown or unsafe content.
    public static let unknown = MediaType(trusted: "application/octet-stream")

    /// The text.
    public let description: String

    private init(trusted text: String) { description = text }

    /// The type of a file by its first bytes, or the declared type if these are inconclusive.
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

    /// Whether a browser may show it inline; everything else is a download.
    public var isShownInPlace: Bool {
        switch description {
        case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain": true
        default: description.hasPrefix("audio/") || description.hasPrefix("video/")
        }
    }

    /// The type of a text without markup: the declared type if that is a text type, such as CSV or JSON.
    private static func text(_ declared: String?) -> MediaType {
        guard let declared, !isActive(declared), declared.hasPrefix("text/") || declared == "application/json" else {
            return MediaType(trusted: "text/plain")
        }
        return MediaType(trusted: declared)
    }

    /// Whether browsers execute or interpret it.
    private static func isActive(_ type: String) -> Bool {
        let subtype = type.drop { $0 != "/" }.dropFirst()
        return subtype.hasSuffix("+xml") || type.hasPrefix("multipart/") || type.hasPrefix("message/")
            || [
                "html", "xml", "xsl", "xslt", "svg", "javascript", "x-javascript", "ecmascript", "x-ecmascript",
                "jscript", "livescript", "css", "cache-manifest", "x-shockwave-flash", "vnd.wap.wml",
                "x-httpd-php", "hta",
            ].contains(subtype)
    }

    /// A media type without parameters, in lower case; nil if it is malformed.
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
