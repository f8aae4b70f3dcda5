/// URLs as calls return them: the URL of a file or an avatar may contain a secret, so only its scheme and host are shown.
///
/// Source: docs/guarantees.md, "Passwords and tokens".
public enum ShownURL {
    /// A URL without what may be a secret; a `data:` URL is the image itself and stays.
    public static func text(of url: String) -> String {
        guard !url.isEmpty, !url.lowercased().hasPrefix("data:") else { return url }
        guard let colon = url.firstRange(of: "://") else { return hidden }
        let rest = url[colon.upperBound...]
        let authority = rest.prefix { !"/?#\\".contains($0) }
        let host = Download.shownHost(String(authority))
        guard !host.isEmpty else { return hidden }
        let isWhole = host.count == authority.count && ["", "/"].contains(rest.dropFirst(authority.count))
        return isWhole ? url : url[..<colon.upperBound] + host + "/" + hidden
    }

    /// ASCII, so that spreadsheets keep it in every encoding.
    private static let hidden = "..."
}
