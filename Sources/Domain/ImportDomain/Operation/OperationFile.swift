/// The file that an operation reads its records from.
public struct OperationFile: Equatable, Sendable {
    /// Its name in the file store.
    public let id: FileID
    /// Its original name; a label, never a path.
    public let name: String
    /// The media type that its sender declared; informational.
    public let contentType: String?
    /// The URL that it is fetched from; it may contain a secret and is never shown.
    public let sourceURL: String?
    /// Its size and digest; nil until it is received, and for files of earlier versions.
    public let content: ReceivedContent?

    /// Creates a file.
    public init(
        id: FileID, name: String, contentType: String? = nil, sourceURL: String? = nil,
        content: ReceivedContent? = nil
    ) {
        self.id = id
        self.name = name
        self.contentType = contentType
        self.sourceURL = sourceURL
        self.content = content
    }

    /// The file once its content was received.
    public func received(_ content: ReceivedContent) -> OperationFile {
        OperationFile(id: id, name: name, contentType: contentType, sourceURL: sourceURL, content: content)
    }

    /// The file without user, password and query of its URL, for a file that is not fetched any more.
    public var withoutSecrets: OperationFile {
        OperationFile(
            id: id, name: name, contentType: contentType, sourceURL: sourceURL.map(Self.withoutSecrets),
            content: content)
    }

    private static func withoutSecrets(_ url: String) -> String {
        var bare = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = bare.firstRange(of: "://") else { return "" }
        let authority = bare[scheme.upperBound...].prefix { $0 != "/" && $0 != "\\" }
        if let at = authority.lastIndex(of: "@") {
            bare.removeSubrange(scheme.upperBound...at)
        }
        return String(bare)
    }
}

/// The size and digest of a received file.
public struct ReceivedContent: Equatable, Sendable {
    /// The size in bytes.
    public let sizeBytes: Int64
    /// The SHA-256 as 64 lower-case hexadecimal digits.
    public let sha256: String

    /// A content of this size and digest.
    public init(sizeBytes: Int64, sha256: String) {
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
    }
}

/// Names a file in the file store: letters, digits and hyphens, never chosen by a client.
public struct FileID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be a file's id.
    public init(rawValue: String) { self.rawValue = rawValue }
}
