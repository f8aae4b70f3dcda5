public import ImportDomain

extension RecordType {
    /// The name of the type in documents and on the wire: rooms are channels.
    public var wireName: String { self == .room ? "channel" : rawValue }

    /// The type with this name.
    public init?(wireName: String) {
        guard let type = Self.allCases.first(where: { $0.wireName == wireName }) else { return nil }
        self = type
    }
}
