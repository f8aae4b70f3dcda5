public import ImportDomain

/// Messages as readers of their rooms see them; hidden messages are never shown.
public struct MessageService: Sendable {
    /// A part of a list.
    public struct Page: Sendable {
        /// The messages.
        public let messages: [MessageView]
        /// How many there are in all.
        public let total: Int
    }

    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// A page of a room's messages, and how many there are.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have.
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`; `StoreError`.
    public func messages(
        _ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int, bytes: Int = .max, for caller: Caller
    ) async throws -> Page {
        try await environment.store.read { transaction in
            _ = try RoomAccess(caller: caller, transaction: transaction).readable(filter.roomID)
            return Page(
                messages: try transaction.views(
                    of: transaction.messages.list(
                        filter, order: order, offset: offset, limit: limit, bytes: bytes)),
                total: try transaction.messages.count(filter))
        }
    }

    /// A page of a room's messages, without their number.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have.
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`; `StoreError`.
    public func history(
        _ filter: MessageFilter, order: MessageOrder = .newestFirst, offset: Int, limit: Int, bytes: Int = .max,
        for caller: Caller
    ) async throws -> [MessageView] {
        try await environment.store.read { transaction in
            _ = try RoomAccess(caller: caller, transaction: transaction).readable(filter.roomID)
            return try transaction.views(
                of: transaction.messages.list(
                    filter, order: order, offset: offset, limit: limit, bytes: bytes))
        }
    }

    /// One message.
    ///
    /// - Throws: `WorkspaceError.messageNotFound`, also for messages of rooms that the caller may not read;
    ///   `StoreError`.
    public func message(_ id: MessageID, for caller: Caller) async throws -> MessageView {
        try await environment.store.read { transaction in
            try transaction.views(of: [transaction.readableMessage(id, for: caller)])[0]
        }
    }

    /// Those of some messages that the caller may read.
    public func readable(among ids: [MessageID], for caller: Caller) async throws -> Set<MessageID> {
        var readable = Set<MessageID>()
        for start in stride(from: 0, to: ids.count, by: Self.messagesInMemory) {
            let part = Array(ids[start..<min(start + Self.messagesInMemory, ids.count)])
            readable.formUnion(
                try await environment.store.read { transaction in
                    let messages = try transaction.messages.find(ids: part).filter { !$0.isHidden }
                    let access = RoomAccess(caller: caller, transaction: transaction)
                    let rooms = try transaction.rooms.find(ids: Array(Set(messages.map(\.roomID))))
                    let open = Set(try rooms.filter(access.mayRead).map(\.id))
                    return messages.filter { open.contains($0.roomID) }.map(\.id)
                })
        }
        return readable
    }

    /// How many messages are in memory with their texts where only their rooms matter.
    private static let messagesInMemory = 100

    /// A page of the replies in a thread.
    ///
    /// - Parameters:
    ///   - parent: the message that the thread hangs from.
    ///   - bytes: about how many stored bytes the page may have.
    /// - Throws: `WorkspaceError.messageNotFound`, as above; `StoreError`.
    public func thread(
        _ parent: MessageID, order: MessageOrder, offset: Int, limit: Int, bytes: Int = .max, for caller: Caller
    ) async throws -> Page {
        try await environment.store.read { transaction in
            let first = try transaction.readableMessage(parent, for: caller)
            var filter = MessageFilter(roomID: first.roomID)
            filter.threadID = parent
            return Page(
                messages: try transaction.views(
                    of: transaction.messages.list(
                        filter, order: order, offset: offset, limit: limit, bytes: bytes)),
                total: try transaction.messages.count(filter))
        }
    }
}

extension StoreTransaction {
    fileprivate func readableMessage(_ id: MessageID, for caller: Caller) throws -> Message {
        guard let message = try messages.find(ids: [id]).first, !message.isHidden,
            let room = try rooms.find(id: message.roomID),
            try RoomAccess(caller: caller, transaction: self).mayRead(room)
        else { throw WorkspaceError.messageNotFound }
        return message
    }
}
