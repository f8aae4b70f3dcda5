/// The addresses outside the public internet, from which no files are fetched.
///
/// Source: docs/downloads.md, "Forbidden addresses"; the IANA registries of special-purpose addresses (RFC
/// 6890).
public enum PrivateAddressRules {
    /// A range and its purpose.
    public struct Rule: Sendable {
        /// The range in its text form.
        public let text: String
        /// Its purpose.
        public let purpose: String
        let range: AddressRange

        init?(_ text: String, _ purpose: String) {
            guard let range = AddressRange(text) else { return nil }
            self.text = text
            self.purpose = purpose
            self.range = range
        }
    }

    /// The forbidden ranges; a test counts them, so that a typing error does not drop one.
    public static let rules: [Rule] = [
        Rule("0.0.0.0/8", "unspecified"),
        Rule("10.0.0.0/8", "private"),
        Rule("100.64.0.0/10", "carrier-grade NAT"),
        Rule("127.0.0.0/8", "loopback"),
        Rule("168.63.129.16/32", "a cloud's own services"),
        Rule("169.254.0.0/16", "link-local, and metadata of clouds"),
        Rule("172.16.0.0/12", "private"),
        Rule("192.0.0.0/24", "protocol assignments"),
        Rule("192.0.2.0/24", "documentation"),
        Rule("192.88.99.0/24", "6to4 relays"),
        Rule("192.168.0.0/16", "private"),
        Rule("198.18.0.0/15", "benchmarking"),
        Rule("198.51.100.0/24", "documentation"),
        Rule("203.0.113.0/24", "documentation"),
        Rule("224.0.0.0/4", "multicast"),
        Rule("240.0.0.0/4", "reserved, and broadcast"),
        Rule("::/128", "unspecified"),
        Rule("::1/128", "loopback"),
        Rule("::/96", "IPv4-compatible"),
        Rule("::ffff:0:0/96", "IPv4-mapped"),
        Rule("64:ff9b:1::/48", "local translation"),
        Rule("100::/64", "discard"),
        Rule("2001::/32", "Teredo"),
        Rule("2001:2::/48", "benchmarking"),
        Rule("2001::/23", "protocol assignments"),
        Rule("2001:db8::/32", "documentation"),
        Rule("2002::/16", "6to4"),
        Rule("3fff::/20", "documentation"),
        Rule("fc00::/7", "unique local"),
        Rule("fe80::/10", "link-local"),
        Rule("fec0::/10", "site-local"),
        Rule("ff00::/8", "multicast"),
    ].compactMap(\.self)

    private static let publicSix = AddressRange("2000::/3")
    private static let translated = AddressRange("64:ff9b::/96")

    /// Why an address is forbidden; nil for a public one.
    ///
    /// For an address of `64:ff9b::/96` the embedded IPv4 address decides, because IPv6-only networks reach every IPv4
    /// host by such an address.
    public static func refusal(of address: IPAddress) -> String? {
        if translated?.contains(address) == true, case .v6(let number) = address {
            return refusal(of: .v4(UInt32(truncatingIfNeeded: number)))
        }
        if let rule = rules.first(where: { $0.range.contains(address) }) { return rule.purpose }
        if case .v6 = address, publicSix?.contains(address) != true { return "reserved" }
        return nil
    }
}
