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
