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
                let room = try await RoomFamily.channels.room(query, for: call)
                return JSONAnswer.response(ChannelAnswer(channel: RoomBody(room)))
            },
            Endpoint(.get, RoomFamily.groups.path("info"), access: .signedIn) { call in
                let query = try QueryFields(call.request, names: RoomFamily.groups.selectorNames)
                let room = try await RoomFamily.groups.room(query, for: call)
                return JSONAnswer.response(GroupAnswer(group: RoomBody(room)))
            },
            Endpoint(.get, "/api/v1/rooms.info", access: .signedIn) { call in
                let query = try QueryFields(call.request, names: ["roomId", "roomName", "importId"])
                let room = try await call.services.rooms.room(selector(query), for: call.caller)
                return JSONAnswer.response(RoomAnswer(room: RoomBody(room)))
            },
            Endpoint(.get, "/api/v1/rooms.get", access: .signedIn) { call in
                let query = try QueryFields(call.request, names: ["updatedSince"])
                let rooms = try await call.services.rooms.rooms(
                    changedAfter: query.moment("updatedSince"), limit: Page.largest, for: call.caller)
                return JSONAnswer.response(RoomChangesAnswer(update: rooms.map(RoomBody.init)))
            },
        ] + RoomFamily.all.map(members)

    private static func members(_ family: RoomFamily) -> Endpoint {
        Endpoint(.get, family.path("members"), access: .signedIn) { call in
            let query = try QueryFields(
                call.request, names: Page.names.union(family.selectorNames).union(["filter", "status", "status[]"]))
            let page = try await Page(query, settings: call.services.settings)
            let room = try await family.room(query, for: call).room
            // Accounts of Ferry are offline, so any other wish is met by nobody.
            if let wanted = try query.texts("status"), !wanted.isEmpty, !wanted.contains("offline") {
                return JSONAnswer.response(ListAnswer("members", [MemberBody](), offset: page.offset, total: 0))
            }
            let (members, total) = try await call.services.rooms.members(
                of: room.id, named: query.text("filter"), offset: page.offset, limit: page.limit, for: call.caller)
            return JSONAnswer.response(
                ListAnswer("members", members.map(MemberBody.init), offset: page.offset, total: total))
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
