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
            list(.groups, "listAll", access: administrators, scope: .everybodys([.privateGroup])),
            administration,
        ]
        + RoomFamily.directs.flatMap { family in
            [
                list(family, "list", access: .signedIn, scope: .joined([.direct])),
                list(family, "list.everyone", access: administrators, scope: .everybodys([.direct])),
            ]
        }

    private static let administrators = Endpoint.Access.holders([.viewRoomAdministration])

    private static func list(
        _ family: RoomFamily, _ name: String, access: Endpoint.Access, scope: RoomService.Scope
    ) -> Endpoint {
        Endpoint(.get, family.path(name), access: access) { call in
            let query = try QueryFields(call.request, names: Page.sortableNames)
            let page = try await Page(query, settings: call.services.settings)
            let standard = family.kind == .direct ? RoomOrder(.lastMessage, isDescending: true) : RoomOrder(.name)
            let order = try RoomOrder(sort: query.text("sort"), otherwise: standard)
            return try await call.list(family.listKey) { bytes in
                let rooms = try await call.services.rooms.rooms(
                    scope, orderedBy: order, offset: page.offset, limit: page.limit, bytes: bytes, for: call.caller)
                return ListPage(items: rooms.rooms, offset: page.offset, total: rooms.total)
            } body: {
                RoomBody($0)
            }
        }
    }

    private static let administration = Endpoint(.get, "/api/v1/rooms.adminRooms", access: administrators) { call in
        let query = try QueryFields(call.request, names: Page.sortableNames.union(["filter", "types", "types[]"]))
        let page = try await Page(query, settings: call.services.settings)
        let kinds = try query.texts("types").map { types throws(APIFailure) in
            try types.map { type throws(APIFailure) in
                guard let kind = RoomKind(rawValue: type) else {
                    throw APIFailure.invalidQuery(["must be equal to one of the allowed values"])
                }
                return kind
            }
        }
        let order = try RoomOrder(sort: query.text("sort"), otherwise: RoomOrder(.name))
        return try await call.list("rooms") { bytes in
            let rooms = try await call.services.rooms.rooms(
                .everybodys(kinds ?? RoomKind.allCases), named: query.text("filter"), orderedBy: order,
                offset: page.offset, limit: page.limit, bytes: bytes, for: call.caller)
            return ListPage(items: rooms.rooms, offset: page.offset, total: rooms.total)
        } body: {
            RoomBody($0)
        }
    }
}
