import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// Messages of rooms: `*.messages` and `*.history`.
enum MessageRoutes {
    static let endpoints: [Endpoint] = RoomFamily.all.flatMap { [messages($0), history($0)] }

    private static func messages(_ family: RoomFamily) -> Endpoint {
        Endpoint(.get, family.path("messages"), access: .signedIn) { call in
            let lists: Set = ["mentionIds", "mentionIds[]", "starredIds", "starredIds[]"]
            let query = try QueryFields(
                call.request, names: Page.sortableNames.union(family.selectorNames).union(lists).union(["pinned"]))
            let page = try await Page(query, settings: call.services.settings)
            let order = try MessageOrder(sort: query.text("sort"))
            var filter = MessageFilter(roomID: try await family.room(query, for: call).room.id)
            filter.isPinned = try query.flag("pinned") ?? false
            filter.mentions = try (query.texts("mentionIds") ?? []).map { UserID($0) }
            // Ferry keeps no stars, so nothing is starred by anybody.
            if let starrers = try query.texts("starredIds"), !starrers.isEmpty {
                return JSONAnswer.response(ListAnswer("messages", [MessageBody](), offset: page.offset, total: 0))
            }
            let wanted = filter
            return try await call.list("messages") { bytes in
                let messages = try await call.services.messages.messages(
                    wanted, order: order, offset: page.offset, limit: page.limit, bytes: bytes, for: call.caller)
                return ListPage(items: messages.messages, offset: page.offset, total: messages.total)
            } body: {
                MessageBody($0)
            }
        }
    }

    private static func history(_ family: RoomFamily) -> Endpoint {
        let names: Set = ["latest", "oldest", "inclusive", "unreads", "showThreadMessages"]
        return Endpoint(.get, family.path("history"), access: .signedIn) { call in
            let query = try QueryFields(
                call.request, names: Page.sortableNames.union(family.selectorNames).union(names))
            let page = try await Page(query, settings: call.services.settings)
            var filter = MessageFilter(roomID: try await family.room(query, for: call).room.id)
            filter.latest = try query.moment("latest")
            filter.oldest = try query.moment("oldest")
            filter.isInclusive = try query.flag("inclusive") ?? false
            filter.leavesOutThreads = try query.flag("showThreadMessages") == false
            let order = try MessageOrder(sort: query.text("sort"))
            // Ferry counts nothing as unread.
            let fields: [String: any Encodable] = try query.flag("unreads") == true ? ["unreadNotLoaded": 0] : [:]
            let wanted = filter
            return try await call.list("messages") { bytes in
                ListPage(
                    items: try await call.services.messages.history(
                        wanted, order: order, offset: page.offset, limit: page.limit, bytes: bytes, for: call.caller),
                    fields: fields)
            } body: {
                MessageBody($0)
            }
        }
    }
}
