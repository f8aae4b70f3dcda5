import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// Messages of rooms: `*.messages` and `*.history`.
enum MessageRoutes {
    static let endpoints: [Endpoint] =
        [messages(.channels), history(.channels), messages(.groups), history(.groups)]
        + RoomFamily.directs.flatMap { [messages($0), history($0)] }

    private static func messages<Selector, Rooms>(_ family: RoomFamily<Selector, Rooms>) -> Endpoint {
        Endpoint(family.calls.messages, access: .signedIn) { call, input in
            let query = try input.query
            let order = try MessageOrder(sort: query.page.sort)
            var filter = MessageFilter(roomID: try await family.room(query.room, for: call).room.id)
            filter.isPinned = query.filter.pinned ?? false
            filter.mentions = (query.filter.mentionIds ?? []).map { UserID($0) }
            let wanted = filter
            return try await call.list(query.page) { page in
                // Ferry stores no stars, so no message is starred.
                if let starrers = query.filter.starredIds, !starrers.isEmpty { return ListPage(items: [], total: 0) }
                let messages = try await call.services.messages.messages(
                    wanted, order: order, offset: page.offset, limit: page.limit, bytes: page.bytes, for: call.caller)
                return ListPage(items: messages.messages, total: messages.total)
            } body: {
                MessageBody($0)
            }
        }
    }

    private static func history<Selector, Rooms>(_ family: RoomFamily<Selector, Rooms>) -> Endpoint {
        Endpoint(family.calls.history, access: .signedIn) { call, input in
            let query = try input.query
            var filter = MessageFilter(roomID: try await family.room(query.room, for: call).room.id)
            filter.latest = try Timestamp(parameter: "latest", query.filter.latest)
            filter.oldest = try Timestamp(parameter: "oldest", query.filter.oldest)
            filter.isInclusive = query.filter.inclusive ?? false
            filter.leavesOutThreads = query.filter.showThreadMessages == false
            let order = try MessageOrder(sort: query.page.sort)
            // Ferry counts no messages as unread.
            let fields: [String: any Encodable] = query.filter.unreads == true ? ["unreadNotLoaded": 0] : [:]
            let wanted = filter
            return try await call.list(query.page) { page in
                ListPage(
                    items: try await call.services.messages.history(
                        wanted, order: order, offset: page.offset, limit: page.limit, bytes: page.bytes,
                        for: call.caller),
                    fields: fields)
            } body: {
                MessageBody($0)
            }
        }
    }
}
