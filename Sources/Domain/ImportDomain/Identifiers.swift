/// An identifier as a string. Its type prevents mistaking an import id for a workspace id.
public protocol Identifier: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == String {
    /// Wraps a string without a check.
    init(rawValue: String)
}

extension Identifier {
    /// Wraps a string without a check.
    @inlinable
    public init(_ text: String) { self.init(rawValue: text) }

    /// The string.
    public var description: String { rawValue }

    /// Whether both have the same bytes; `String` would treat composed and decomposed characters as equal.
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
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be a user's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The bot of every workspace, the author of messages that have none.
    public static let rocketCat = UserID("rocket.cat")
}

/// Names a room of the workspace: 17 characters of Rocket.Chat's alphabet, or `GENERAL`.
public struct RoomID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be a room's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The public room that every workspace has.
    public static let general = RoomID("GENERAL")
}

/// Names a message: the source's permanent id if it is imported, else 17 characters of Rocket.Chat's alphabet.
public struct MessageID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be a message's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a record in its source. The workspace stores it and finds accounts and rooms by it.
public struct ImportID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be an import id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an import operation: 24 lower-case hexadecimal digits, opaque to clients.
public struct OperationID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be an operation's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names one request in progress, whose batches become visible together or not at all.
public struct IntakeID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be an intake's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names one run of a process as the holder of leases; a restarted process is another worker.
public struct WorkerID: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be a worker's id.
    @inlinable
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The number of an import, stored with everything that it created and changed. Numbers follow the order of creation.
public struct ImportNumber: Hashable, Sendable {
    /// The number as stored.
    public let rawValue: Int64

    /// A number as stored.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
}
