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
                call.request, names: Page.names.union(family.selectorNames).union(lists).union(["pinned"]))
            let page = try await Page(query, settings: call.services.settings)
            let order = try MessageOrder(sort: query.text("sort"))
            var filter = MessageFilter(roomID: try await family.room(query, for: call).room.id)
            filter.isPinned = try query.flag("pinned") ?? false
            filter.mentions = try (query.texts("mentionIds") ?? []).map { UserID($0) }
            // Ferry keeps no stars, so nothing is starred by anybody.
            if let starrers = try query.texts("starredIds"), !starrers.isEmpty {
                return JSONAnswer.response(ListAnswer("messages", [MessageBody](), offset: page.offset, total: 0))
            }
            let messages = try await call.services.messages.messages(
                filter, order: order, offset: page.offset, limit: page.limit, for: call.caller)
            return JSONAnswer.response(
                ListAnswer(
                    "messages", messages.messages.map(MessageBody.init), offset: page.offset, total: messages.total))
        }
    }

    private static func history(_ family: RoomFamily) -> Endpoint {
        let names: Set = ["latest", "oldest", "inclusive", "unreads", "showThreadMessages"]
        return Endpoint(.get, family.path("history"), access: .signedIn) { call in
            let query = try QueryFields(
                call.request, names: Page.names.union(family.selectorNames).union(names))
            let page = try await Page(query, settings: call.services.settings)
            var filter = MessageFilter(roomID: try await family.room(query, for: call).room.id)
            filter.latest = try query.moment("latest")
            filter.oldest = try query.moment("oldest")
            filter.isInclusive = try query.flag("inclusive") ?? false
            filter.leavesOutThreads = try query.flag("showThreadMessages") == false
            let messages = try await call.services.messages.history(
                filter, offset: page.offset, limit: page.limit, for: call.caller)
            var answer = ListAnswer("messages", messages.map(MessageBody.init))
            // Ferry counts nothing as unread.
            if try query.flag("unreads") == true { answer.unreadNotLoaded = 0 }
            return JSONAnswer.response(answer)
        }
    }
}
