/// A user for `import.addUsers`, with defaults.
public struct StagedUser: Sendable {
    /// The import ids.
    public var importIDs: [String]
    /// The e-mail addresses.
    public var emails: [String]
    /// Other fields as JSON, such as `"\"bio\": \"x\""`.
    public var members: [String]

    /// A user of this name: `ada` gets the import id `id-ada` and the address `ada@example.com`.
    public init(
        _ username: String?, importIDs: [String]? = nil, emails: [String]? = nil, password: String? = nil,
        deleted: Bool = false, roles: [String]? = nil, type: String? = nil, more: [String] = []
    ) {
        let name = username ?? "nobody"
        self.importIDs = importIDs ?? ["id-\(name)"]
        self.emails = emails ?? ["\(name)@example.com"]
        members = more
        if let username { members.append("\"username\": \(Self.quoted(username))") }
        if let password { members.append("\"password\": \(Self.quoted(password))") }
        if deleted { members.append("\"deleted\": true") }
        if let roles { members.append("\"roles\": \(Self.list(roles))") }
        if let type { members.append("\"type\": \(Self.quoted(type))") }
    }

    /// The user as JSON text.
    public var text: String {
        "{"
            + (["\"importIds\": \(Self.list(importIDs))", "\"emails\": \(Self.list(emails))"] + members)
            .joined(separator: ", ") + "}"
    }

    /// A whole body.
    public static func body(_ users: [StagedUser]) -> String {
        "{\"users\": [" + users.map(\.text).joined(separator: ", ") + "]}"
    }

    /// This many distinct users: `person0`, `person1`, ….
    public static func crowd(_ count: Int, from first: Int = 0, password: String? = nil) -> [StagedUser] {
        (first..<first + count).map { StagedUser("person\($0)", password: password) }
    }

    private static func list(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: ", ") + "]" }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

/// A body that arrives in chunks.
public struct Chunks: AsyncSequence, Sendable {
    private let bytes: [UInt8]
    private let size: Int

    /// A text in chunks of this size.
    public init(_ text: String, size: Int = 1 << 16) { self.init(Array(text.utf8), size: size) }

    /// Bytes in chunks of this size.
    public init(_ bytes: [UInt8], size: Int = 1 << 16) {
        self.bytes = bytes
        self.size = size
    }

    /// Iterates over the chunks.
    public struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>
        let size: Int

        /// The next chunk; nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    /// Starts at the first chunk.
    public func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...], size: size) }
}
