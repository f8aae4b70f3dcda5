/// The part of an address that says whom to ask.
enum HostAndPort {
    /// A host's name or address.
    struct Host: Hashable, Sendable {
        /// Lower-case, without brackets and without the dot at the end.
        let name: String
        /// Whether it was written in brackets.
        let isSix: Bool

        /// As it stands in an address. Messages show this much of an address: its path and query may hold secrets.
        var text: String { isSix ? "[\(name)]" : name }
    }

    /// Takes `host`, `host:port`, `[address]` or `[address]:port` apart; nil for anything else.
    ///
    /// A host's name has letters, digits, hyphens, underscores and dots of ASCII only, so no user name, zone, escape
    /// or foreign letter comes through.
    static func parse(_ text: some StringProtocol) -> (host: Host, port: UInt16?)? {
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            guard case .v6(let number)? = IPAddress(String(text[text.index(after: text.startIndex)..<end])) else {
                return nil
            }
            guard let port = port(in: text[text.index(after: end)...]) else { return nil }
            return (Host(name: IPAddress.v6(number).description, isSix: true), port.number)
        }
        let end = text.firstIndex(of: ":") ?? text.endIndex
        guard let name = name(text[..<end]), let port = port(in: text[end...]) else { return nil }
        return (Host(name: name, isSix: false), port.number)
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
        // A name of the domain name system has 253 characters at most, and no empty part.
        guard isAllowed, (1...253).contains(name.utf8.count), name.utf8.first != UInt8(ascii: "."), !name.contains("..")
        else { return nil }
        return name
    }

    /// The port behind a colon; a colon with nothing behind it means the usual one.
    private static func port(in text: some StringProtocol) -> (number: UInt16?, Void)? {
        guard let colon = text.utf8.first else { return (nil, ()) }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if digits.isEmpty { return (nil, ()) }
        guard let number = UInt16(digits), number > 0 else { return nil }
        return (number, ())
    }
}
