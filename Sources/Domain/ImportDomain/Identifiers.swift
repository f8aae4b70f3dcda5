/// A textual identity whose type says what it identifies, so that an import ID can never be passed for a workspace ID.
public protocol Identifier: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == String {
    /// Wraps text that is known to be such an identity; nothing is checked.
    init(rawValue: String)
}

extension Identifier {
    /// Wraps text that is known to be such an identity; nothing is checked.
    @inlinable
    public init(_ text: String) { self.init(rawValue: text) }

    /// The bare text.
    public var description: String { rawValue }

    /// Whether both have the same bytes; `String` would hold composed and decomposed characters to be equal.
    @inlinable
    public static func == (left: Self, right: Self) -> Bool {
        ExactString(left.rawValue) == ExactString(right.rawValue)
    }

    /// Hashes the bytes.
    @inlinable
    public func hash(into hasher: inout Hasher) { ExactString(rawValue).hash(into: &hasher) }
}

/// Names an account of the workspace: 17 characters of Rocket.Chat's alphabet.
public struct UserID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be a user's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The bot that every workspace has; whatever has no author of its own is said by it.
    public static let rocketCat = UserID("rocket.cat")
}

/// Names a room of the workspace: 17 characters of Rocket.Chat's alphabet, or `GENERAL`.
public struct RoomID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be a room's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The public room that every workspace has.
    public static let general = RoomID("GENERAL")
}

/// Names a message: the source's lasting id for imported ones, else 17 characters of Rocket.Chat's alphabet.
public struct MessageID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be a message's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a record in the system that it comes from; the workspace only stores it and finds accounts and rooms by it.
public struct ImportID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be an import id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an import operation: 24 lower-case hexadecimal digits, opaque to clients.
public struct OperationID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be an operation's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names one request that is being received; its batches become visible together or not at all.
public struct IntakeID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be an intake's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names one run of one process as the holder of leases; a restarted process is a different worker.
public struct WorkerID: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be a worker's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The number of an import, by which what it made and changed is marked; operations are numbered in the order of their
/// creation.
public struct ImportNumber: Hashable, Sendable {
    /// The number as stored.
    public let rawValue: Int64

    /// A number as stored.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
}
