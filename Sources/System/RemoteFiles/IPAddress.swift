internal import Glibc

/// An IP address as a number.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Version 4.
    case v4(UInt32)
    /// Version 6, without a zone.
    case v6(UInt128)

    /// Parses four decimal numbers, or hexadecimal groups without brackets and zone.
    ///
    /// Nil for every other string, such as `127.1` or `0x7f000001`, which a resolver would accept.
    public init?(_ text: String) {
        // C truncates a string at NUL.
        guard !text.utf8.contains(0) else { return nil }
        var four: UInt32 = 0
        var six: UInt128 = 0
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self = .v6(UInt128(bigEndian: six))
        } else {
            return nil
        }
    }

    /// The canonical text form.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // Fails only if the buffer is too small, which it is not.
        switch self {
        case .v4(let number):
            var bytes = number.bigEndian
            inet_ntop(AF_INET, &bytes, &text, socklen_t(text.count))
        case .v6(let number):
            var bytes = number.bigEndian
            inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
