/// Addresses as they may be shown.
public enum AddressText {
    /// A text in which every address of the form `scheme://…` has lost its user, password and parameters.
    ///
    /// A password may hold any character, so up to the last `@` of a line nothing is kept.
    public static func withoutSecrets(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(inLine).joined(separator: "\n")
    }

    private static func inLine(_ line: Substring) -> String {
        guard let start = line.firstRange(of: "://") else { return String(line) }
        let address = line[start.upperBound...]
        // What a user types in place of these is a secret; these are what Ferry itself advises.
        guard !address.hasPrefix("user:password@") else { return String(line) }
        let sign = address.lastIndex(of: "@")
        let host = sign.map { address[address.index(after: $0)...] } ?? address
        let shown = String(line[..<start.upperBound]) + (sign == nil ? "" : "…@")
        guard let question = host.firstIndex(of: "?") else { return shown + host }
        // Parameters end where the text that quotes the address goes on.
        return shown + host[...question] + "…" + host[question...].drop { $0 != "\"" && $0 != "'" }
    }
}
