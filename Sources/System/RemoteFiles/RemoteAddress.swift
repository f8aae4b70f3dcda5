internal import ImportDomain

/// A strictly parsed http or https URL.
struct RemoteAddress: Sendable {
    /// The most bytes of an address.
    static let maximumBytes = 8192

    /// Whether it is https.
    let isEncrypted: Bool
    /// The host.
    let host: HostAndPort.Host
    /// The port.
    let port: UInt16
    /// The path.
    let path: String
    /// The query with its question mark, or empty; may contain secrets.
    let query: String

    /// The target of the request line.
    var target: String { path + query }

    /// The value of the `Host` field.
    var hostField: String { port == (isEncrypted ? 443 : 80) ? host.text : "\(host.text):\(port)" }

    /// Parses a URL.
    init(_ text: String) throws(RemoteFileError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw .invalid("It is longer than \(Self.maximumBytes) bytes.")
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }) else {
            throw .invalid("It contains control characters or backslashes.")
        }
        guard let separator = text.firstRange(of: "://") else { throw .schemeRefused }
        switch text[..<separator.lowerBound].lowercased() {
        case "http": isEncrypted = false
        case "https": isEncrypted = true
        default: throw .schemeRefused
        }
        let rest = text[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw RemoteFileError(
                .credentialsRefused, message: "Addresses with a user name or password are not fetched.",
                isPermanent: true)
        }
        guard let (host, port) = HostAndPort.parse(authority) else {
            throw .invalid("Its host or port is not valid; hosts in other scripts need their xn-- form.")
        }
        self.host = host
        self.port = port ?? (isEncrypted ? 443 : 80)
        let tail = rest[authority.endIndex...]
        let mark = tail.firstIndex(of: "?") ?? tail.endIndex
        path = mark == tail.startIndex ? "/" : Self.escaped(tail[..<mark])
        query = Self.escaped(tail[mark...])
    }

    /// The target URL of a redirect from here.
    ///
    /// - Throws: `RemoteFileError` if it is not http(s), or leaves https.
    func redirected(to location: String) throws(RemoteFileError) -> RemoteAddress {
        let origin = "\(isEncrypted ? "https" : "http")://\(hostField)"
        let next: RemoteAddress =
            if location.isEmpty {
                throw .redirectRefused("The server redirects without a target.")
            } else if location.hasPrefix("//") {
                try RemoteAddress("\(isEncrypted ? "https" : "http"):\(location)")
            } else if location.hasPrefix("/") {
                try RemoteAddress(origin + location)
            } else if location.hasPrefix("?") {
                try RemoteAddress(origin + path + location)
            } else if Self.hasScheme(location) {
                try RemoteAddress(location)
            } else {
                try RemoteAddress(origin + path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex) + location)
            }
        guard next.isEncrypted || !isEncrypted else {
            throw .redirectRefused("The server redirects from https to http.")
        }
        return next
    }

    /// Whether a string begins with letters and a colon, before any slash.
    private static func hasScheme(_ text: String) -> Bool {
        guard let end = text.utf8.firstIndex(where: { !(0x41...0x5a).contains($0 & 0xdf) }) else { return false }
        return end > text.startIndex && text.utf8[end] == UInt8(ascii: ":")
    }

    /// Percent-encodes bytes that a request line does not allow; existing escapes stay.
    private static func escaped(_ text: Substring) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0...0x20, 0x7f..., UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
