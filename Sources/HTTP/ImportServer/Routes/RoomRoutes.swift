import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// Single rooms and their members: `channels.info`, `groups.info`, `rooms.info`, `rooms.get`, `*.members`.
enum RoomRoutes {
    static let endpoints: [Endpoint] =
        [
            Endpoint(RoomCalls.channel, access: .signedIn) { call, input in
                let query = try input.query
                return try await call.item {
                    ChannelResponse(channel: RoomBody(try await RoomFamily.channels.room(query, for: call)))
                }
            },
            Endpoint(RoomCalls.group, access: .signedIn) { call, input in
                let query = try input.query
                return try await call.item {
                    GroupResponse(group: RoomBody(try await RoomFamily.groups.room(query, for: call)))
                }
            },
            Endpoint(RoomCalls.info, access: .signedIn) { call, input in
                let selector = try selector(input.query)
                return try await call.item {
                    RoomResponse(room: RoomBody(try await call.services.rooms.room(selector, for: call.caller)))
                }
            },
            Endpoint(RoomCalls.changes, access: .signedIn) { call, input in
                let since = try Timestamp(parameter: "updatedSince", input.query.updatedSince)
                return Reply(written: try await RoomChangesWriter(call: call, since: since).response)
            },
            members(.channels), members(.groups),
        ] + RoomFamily.directs.map { members($0) }

    private static func members<Selector, Rooms>(_ family: RoomFamily<Selector, Rooms>) -> Endpoint {
        Endpoint(family.calls.members, access: .signedIn) { call, input in
            let query = try input.query
            let room = try await family.room(query.room, for: call).room
            let order = try UserOrder(sort: query.page.sort)
            return try await call.list(query.page) { page in
                // Accounts of Ferry are offline, so no account has another presence.
                if let presences = query.filter.status, !presences.isEmpty, !presences.contains("offline") {
                    return ListPage(items: [], total: 0)
                }
                let (members, total) = try await call.services.rooms.members(
                    of: room.id, named: query.filter.filter, orderedBy: order, offset: page.offset,
                    limit: page.limit, bytes: page.bytes, for: call.caller)
                return ListPage(items: members, total: total)
            } body: {
                MemberBody($0)
            }
        }
    }

    private static func selector(_ query: RoomQuery) throws -> RoomService.Selector {
        let selectors: [(String?, (String) -> RoomService.Selector)] = [
            (query.roomId, { .id(RoomID($0)) }), (query.roomName, { .name($0) }),
            (query.importId, { .importID(ImportID($0)) }),
        ]
        let given = selectors.compactMap { text, selector in text.flatMap { $0.isEmpty ? nil : selector($0) } }
        guard given.count == 1, let selector = given.first else {
            throw APIFailure.coded(
                "Exactly one of the parameters \"roomId\", \"roomName\" and \"importId\" is required",
                "error-roomid-param-not-provided")
        }
        return selector
    }
}
