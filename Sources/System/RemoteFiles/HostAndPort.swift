/// The authority of a URL: host and port.
enum HostAndPort {
    /// A host's name or address.
    struct Host: Hashable, Sendable {
        /// Lower-case, without brackets and trailing dot.
        let name: String
        /// Whether it was written in brackets.
        let isIPv6: Bool

        /// As in a URL. Messages show only this part: path and query may contain secrets.
        var text: String { isIPv6 ? "[\(name)]" : name }
    }

    /// Parses `host`, `host:port`, `[address]` or `[address]:port`; nil for anything else.
    ///
    /// Accepts only ASCII letters, digits, hyphens, underscores and dots in names, so no user name, zone, escape or
    /// other letter.
    static func parse(_ text: some StringProtocol) -> (host: Host, port: UInt16?)? {
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            guard case .v6(let number)? = IPAddress(String(text[text.index(after: text.startIndex)..<end])) else {
                return nil
            }
            guard let port = port(in: text[text.index(after: end)...]) else { return nil }
            return (Host(name: IPAddress.v6(number).description, isIPv6: true), port.number)
        }
        let end = text.firstIndex(of: ":") ?? text.endIndex
        guard let name = name(text[..<end]), let port = port(in: text[end...]) else { return nil }
        return (Host(name: name, isIPv6: false), port.number)
    }

    private static func name(_ text: some StringProtocol) -> String? {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        // A DNS name has at most 253 characters and no empty label.
        guard isAllowed, (1...253).contains(name.utf8.count), name.utf8.first != UInt8(ascii: "."), !name.contains("..")
        else { return nil }
        return name
    }

    /// The port after a colon; nothing after the colon means the default port.
    private static func port(in text: some StringProtocol) -> (number: UInt16?, Void)? {
        guard let colon = text.utf8.first else { return (nil, ()) }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if digits.isEmpty { return (nil, ()) }
        guard let number = UInt16(digits), number > 0 else { return nil }
        return (number, ())
    }
}
