import ImportAPI
import ImportDomain
import WorkspaceServices

/// A group of calls for one kind of room: `channels.*`, `groups.*`, `im.*` and its other name `dm.*`.
struct RoomFamily<Selector: RoomSelector, Rooms: ListContent>: Sendable where Rooms.Item == RoomBody {
    let calls: RoomFamilyCalls<Selector, Rooms>
    /// The kind of room.
    let kind: RoomKind
    /// The name of such a room in errors.
    let noun: String

    /// The room that a query names.
    ///
    /// - Throws: the error of a query that names none, or two.
    private func selector(_ room: Selector) throws(APIFailure) -> RoomService.Selector {
        let alternativeName = Selector.alternativeName
        switch (room.roomId.flatMap { $0.isEmpty ? nil : $0 }, room.alternative.flatMap { $0.isEmpty ? nil : $0 }) {
        case (let id?, nil): return .id(RoomID(id))
        case (nil, let alternative?): return kind == .direct ? .partner(alternative) : .name(alternative)
        case (_?, _?):
            throw .coded(
                "Exactly one of the parameters \"roomId\" and \"\(alternativeName)\" is required",
                "error-roomid-param-not-provided")
        case (nil, nil):
            throw .coded(
                "The parameter \"roomId\" or \"\(alternativeName)\" is required", "error-roomid-param-not-provided")
        }
    }

    /// The room that a query names, if the caller may read it.
    ///
    /// - Throws: the family's error if there is none; private and direct rooms of others count as missing.
    func room(_ room: Selector, for call: Endpoint.Call) async throws -> RoomView {
        do {
            return try await call.services.rooms.room(selector(room), of: [kind], for: call.caller)
        } catch WorkspaceError.roomNotFound {
            throw APIFailure.roomNotFound(noun)
        } catch WorkspaceError.roomNotAccessible where kind != .channel {
            throw APIFailure.roomNotFound(noun)
        }
    }
}

extension RoomFamily<NamedRoomSelector, Channels> {
    static var channels: Self { Self(calls: .channels, kind: .channel, noun: "channel") }
}

extension RoomFamily<NamedRoomSelector, Groups> {
    static var groups: Self { Self(calls: .groups, kind: .privateGroup, noun: "group") }
}

extension RoomFamily<DirectRoomSelector, DirectRooms> {
    /// By both names.
    static let directs = [RoomFamilyCalls.directs, .directsByOtherName].map {
        RoomFamily(calls: $0, kind: .direct, noun: "direct message")
    }
}
