import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// Single rooms and who is in them: `channels.info`, `groups.info`, `rooms.info`, `rooms.get`, `*.members`.
enum RoomRoutes {
    static let endpoints: [Endpoint] =
        [
            Endpoint(.get, RoomFamily.channels.path("info"), access: .signedIn) { call in
                let query = try QueryFields(call.request, names: RoomFamily.channels.selectorNames)
                return try await call.item {
                    ChannelAnswer(channel: RoomBody(try await RoomFamily.channels.room(query, for: call)))
                }
            },
            Endpoint(.get, RoomFamily.groups.path("info"), access: .signedIn) { call in
                let query = try QueryFields(call.request, names: RoomFamily.groups.selectorNames)
                return try await call.item {
                    GroupAnswer(group: RoomBody(try await RoomFamily.groups.room(query, for: call)))
                }
            },
            Endpoint(.get, "/api/v1/rooms.info", access: .signedIn) { call in
                let query = try QueryFields(call.request, names: ["roomId", "roomName", "importId"])
                let selector = try selector(query)
                return try await call.item {
                    RoomAnswer(room: RoomBody(try await call.services.rooms.room(selector, for: call.caller)))
                }
            },
            Endpoint(.get, "/api/v1/rooms.get", access: .signedIn) { call in
                let query = try QueryFields(call.request, names: ["updatedSince"])
                return try await RoomChangesResponse(call: call, since: query.moment("updatedSince")).response
            },
        ] + RoomFamily.all.map(members)

    private static func members(_ family: RoomFamily) -> Endpoint {
        Endpoint(.get, family.path("members"), access: .signedIn) { call in
            let query = try QueryFields(
                call.request,
                names: Page.sortableNames.union(family.selectorNames).union(["filter", "status", "status[]"]))
            let page = try await Page(query, settings: call.services.settings)
            let room = try await family.room(query, for: call).room
            // Accounts of Ferry are offline, so any other wish is met by nobody.
            let order = try UserOrder(sort: query.text("sort"))
            if let wanted = try query.texts("status"), !wanted.isEmpty, !wanted.contains("offline") {
                return JSONAnswer.response(ListAnswer("members", [MemberBody](), offset: page.offset, total: 0))
            }
            return try await call.list("members") { bytes in
                let (members, total) = try await call.services.rooms.members(
                    of: room.id, named: query.text("filter"), orderedBy: order, offset: page.offset,
                    limit: page.limit, bytes: bytes, for: call.caller)
                return ListPage(items: members, offset: page.offset, total: total)
            } body: {
                MemberBody($0)
            }
        }
    }

    private static func selector(_ query: QueryFields) throws -> RoomService.Selector {
        let given = ["roomId", "roomName", "importId"].filter { query.text($0)?.isEmpty == false }
        guard given.count == 1, let name = given.first, let text = query.text(name) else {
            throw APIFailure.coded(
                "Exactly one of the parameters \"roomId\", \"roomName\" and \"importId\" is required",
                "error-roomid-param-not-provided")
        }
        switch name {
        case "roomId": return .id(RoomID(text))
        case "roomName": return .name(text)
        default: return .importID(ImportID(text))
        }
    }
}
