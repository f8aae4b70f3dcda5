import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// Lists of rooms: `channels.list`, `channels.list.joined`, `groups.list`, `groups.listAll`, `im.list`,
/// `im.list.everyone`, `rooms.adminRooms`.
enum RoomListRoutes {
    static let endpoints: [Endpoint] =
        [
            list(.channels, "list", access: .holders([.viewPublicRoom, .viewJoinedRoom]), scope: .publicRooms),
            list(.channels, "list.joined", access: .signedIn, scope: .joined([.channel])),
            list(.groups, "list", access: .signedIn, scope: .joined([.privateGroup])),
            list(.groups, "listAll", access: administrators, scope: .all(kinds: [.privateGroup])),
            administration,
        ]
        + RoomFamily.directs.flatMap { family in
            [
                list(family, "list", access: .signedIn, scope: .joined([.direct])),
                list(family, "list.everyone", access: administrators, scope: .all(kinds: [.direct])),
            ]
        }

    private static let administrators = Endpoint.Access.holders([.viewRoomAdministration])

    private static func list<Selector, Rooms>(
        _ family: RoomFamily<Selector, Rooms>, _ name: String, access: Endpoint.Access, scope: RoomService.Scope
    ) -> Endpoint {
        Endpoint(family.calls.list(name), access: access) { call, input in
            let query = try input.query
            let standard = family.kind == .direct ? RoomOrder(.lastMessage, isDescending: true) : RoomOrder(.name)
            let order = try RoomOrder(sort: query.sort, otherwise: standard)
            return try await call.list(query) { page in
                let rooms = try await call.services.rooms.rooms(
                    scope, orderedBy: order, offset: page.offset, limit: page.limit, bytes: page.bytes, for: call.caller
                )
                return ListPage(items: rooms.rooms, total: rooms.total)
            } body: {
                RoomBody($0)
            }
        }
    }

    private static let administration = Endpoint(RoomCalls.administration, access: administrators) { call, input in
        let query = try input.query
        let kinds = try query.types.map { types throws(APIFailure) in
            try types.map { type throws(APIFailure) in
                guard let kind = RoomKind(rawValue: type) else {
                    throw APIFailure.invalidQuery(["must be equal to one of the allowed values"])
                }
                return kind
            }
        }
        let order = try RoomOrder(sort: query.sort, otherwise: RoomOrder(.name))
        return try await call.list(query) { page in
            let rooms = try await call.services.rooms.rooms(
                .all(kinds: kinds ?? RoomKind.allCases), named: query.filter, orderedBy: order,
                offset: page.offset, limit: page.limit, bytes: page.bytes, for: call.caller)
            return ListPage(items: rooms.rooms, total: rooms.total)
        } body: {
            RoomBody($0)
        }
    }
}
