/// A range of addresses with a common prefix.
public struct AddressRange: Hashable, Sendable {
    /// The first address.
    public let first: IPAddress
    /// The number of common leading bits.
    public let prefixBits: Int

    /// Parses an address, or an address, a slash and the number of leading bits.
    ///
    /// Nil for other strings, and if bits after the prefix are set: `10.0.0.1/8` is probably a typing error.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let width = if case .v4 = address { 32 } else { 128 }
        var bits = width
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= width
            else { return nil }
            bits = number
        }
        first = address
        prefixBits = bits
        guard Self.leading(bits, of: address) == address else { return nil }
    }

    /// Whether an address of the same version is in the range.
    public func contains(_ address: IPAddress) -> Bool {
        switch (first, address) {
        case (.v4, .v4), (.v6, .v6): Self.leading(prefixBits, of: address) == first
        default: false
        }
    }

    private static func leading(_ bits: Int, of address: IPAddress) -> IPAddress {
        // Shifts beyond the width give 0 in Swift, which is correct for a prefix of 0 bits.
        switch address {
        case .v4(let number): .v4(number & (UInt32.max << (32 - bits)))
        case .v6(let number): .v6(number & (UInt128.max << (128 - bits)))
        }
    }
}
