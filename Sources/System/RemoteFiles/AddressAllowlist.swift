/// An administrator's exceptions for addresses that are not public.
///
/// Source: docs/downloads.md, "Exceptions".
public struct AddressAllowlist: Sendable {
    private struct Exemption {
        enum Target {
            case host(String)
            case range(AddressRange)
        }

        let target: Target
        let port: UInt16?
    }

    private var allowed: [Exemption] = []
    /// Invalid entries, which allow nothing.
    public private(set) var unusable: [String] = []

    /// The exceptions of a setting, separated by commas, white space or line ends.
    public init(setting text: String) {
        self.init(text.split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    /// Parses exceptions: a host, an address or a range, the first two also with a port.
    public init(_ entries: [String]) {
        for text in entries {
            if let exemption = Self.exemption(text) { allowed.append(exemption) } else { unusable.append(text) }
        }
    }

    /// Whether a host of this name may be contacted at this address and port.
    func allows(_ address: IPAddress, of host: String, port: UInt16) -> Bool {
        allowed.contains { exemption in
            guard exemption.port == nil || exemption.port == port else { return false }
            return switch exemption.target {
            case .host(let name): name == host
            case .range(let range): range.contains(address)
            }
        }
    }

    private static func exemption(_ text: String) -> Exemption? {
        if let range = AddressRange(text) { return Exemption(target: .range(range), port: nil) }
        guard let (host, port) = HostAndPort.parse(text) else { return nil }
        if let range = AddressRange(host.name) { return Exemption(target: .range(range), port: port) }
        // Names that look like numbers are unusual notations of addresses.
        guard host.name.split(separator: ".").last?.utf8.allSatisfy({ (0x30...0x39).contains($0) }) != true else {
            return nil
        }
        return Exemption(target: .host(host.name), port: port)
    }
}
