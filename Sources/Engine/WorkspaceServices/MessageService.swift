public import ImportDomain

/// Messages as readers of their rooms see them; hidden ones are seen by nobody.
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
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`; `StoreError`.
    public func messages(
        _ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int, for caller: Caller
    ) async throws -> Page {
        try await environment.store.read { transaction in
            _ = try RoomAccess(caller: caller, transaction: transaction).readable(filter.roomID)
            return Page(
                messages: try transaction.views(
                    of: transaction.messages.list(filter, order: order, offset: offset, limit: limit)),
                total: try transaction.messages.count(filter))
        }
    }

    /// A page of a room's messages, where nobody asks how many there are.
    ///
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`; `StoreError`.
    public func history(
        _ filter: MessageFilter, offset: Int, limit: Int, for caller: Caller
    ) async throws -> [MessageView] {
        try await environment.store.read { transaction in
            _ = try RoomAccess(caller: caller, transaction: transaction).readable(filter.roomID)
            return try transaction.views(
                of: transaction.messages.list(filter, order: .newestFirst, offset: offset, limit: limit))
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

    /// A page of the answers in a thread, oldest first.
    ///
    /// - Parameter parent: the message that the thread hangs from.
    /// - Throws: `WorkspaceError.messageNotFound`, as above; `StoreError`.
    public func thread(_ parent: MessageID, offset: Int, limit: Int, for caller: Caller) async throws -> Page {
        try await environment.store.read { transaction in
            let first = try transaction.readableMessage(parent, for: caller)
            var filter = MessageFilter(roomID: first.roomID)
            filter.threadID = parent
            return Page(
                messages: try transaction.views(
                    of: transaction.messages.list(filter, order: .oldestFirst, offset: offset, limit: limit)),
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
