/// Removes secrets from addresses.
public enum AddressText {
    /// The text without user, password and parameters of every address `scheme://…`.
    ///
    /// A password may contain any character, so everything up to the last `@` of a line is removed.
    public static func withoutSecrets(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(inLine).joined(separator: "\n")
    }

    private static func inLine(_ line: Substring) -> String {
        guard let start = line.firstRange(of: "://") else { return String(line) }
        let address = line[start.upperBound...]
        // These are the placeholders of Ferry's own advice; anything else is a secret.
        guard !address.hasPrefix("user:password@") else { return String(line) }
        let sign = address.lastIndex(of: "@")
        let host = sign.map { address[address.index(after: $0)...] } ?? address
        let shown = String(line[..<start.upperBound]) + (sign == nil ? "" : "…@")
        guard let question = host.firstIndex(of: "?") else { return shown + host }
        // Parameters end with the quoted address.
        return shown + host[...question] + "…" + host[question...].drop { $0 != "\"" && $0 != "'" }
    }
}
