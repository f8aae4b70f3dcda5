/// All addresses that begin with the same bits.
public struct AddressRange: Hashable, Sendable {
    /// The first address.
    public let first: IPAddress
    /// How many leading bits the addresses have in common.
    public let prefixBits: Int

    /// The range that a text stands for: an address, or an address, a slash and the number of leading bits.
    ///
    /// Nil for other texts, and when bits behind the prefix are set: `10.0.0.1/8` is a slip of somebody who means
    /// either less or more.
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

    /// Whether an address is in the range; one of the other version never is.
    public func contains(_ address: IPAddress) -> Bool {
        switch (first, address) {
        case (.v4, .v4), (.v6, .v6): Self.leading(prefixBits, of: address) == first
        default: false
        }
    }

    private static func leading(_ bits: Int, of address: IPAddress) -> IPAddress {
        // Shifts beyond the width give 0 in Swift, which is what a prefix of no bits means.
        switch address {
        case .v4(let number): .v4(number & (UInt32.max << (32 - bits)))
        case .v6(let number): .v6(number & (UInt128.max << (128 - bits)))
        }
    }
}
