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
            let query = try QueryFields(call.request, names: Page.names)
            let page = try await Page(query, settings: call.services.settings)
            let standard = family.kind == .direct ? RoomOrder(.lastMessage, isDescending: true) : RoomOrder(.name)
            let rooms = try await call.services.rooms.rooms(
                scope, orderedBy: RoomOrder(sort: query.text("sort"), otherwise: standard), offset: page.offset,
                limit: page.limit, for: call.caller)
            return JSONAnswer.response(
                ListAnswer(family.listKey, rooms.rooms.map(RoomBody.init), offset: page.offset, total: rooms.total))
        }
    }

    private static let administration = Endpoint(.get, "/api/v1/rooms.adminRooms", access: administrators) { call in
        let query = try QueryFields(call.request, names: Page.names.union(["filter", "types", "types[]"]))
        let page = try await Page(query, settings: call.services.settings)
        let kinds = try query.texts("types").map { types throws(APIFailure) in
            try types.map { type throws(APIFailure) in
                guard let kind = RoomKind(rawValue: type) else {
                    throw APIFailure.invalidQuery(["must be equal to one of the allowed values"])
                }
                return kind
            }
        }
        let rooms = try await call.services.rooms.rooms(
            .everybodys(kinds ?? RoomKind.allCases), named: query.text("filter"),
            orderedBy: RoomOrder(sort: query.text("sort"), otherwise: RoomOrder(.name)), offset: page.offset,
            limit: page.limit, for: call.caller)
        return JSONAnswer.response(
            ListAnswer("rooms", rooms.rooms.map(RoomBody.init), offset: page.offset, total: rooms.total))
    }
}
