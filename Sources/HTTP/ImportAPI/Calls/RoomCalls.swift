/// `rooms.*`.
public enum RoomCalls {
    /// Returns a room.
    public static let info = APICall<RoomQuery, NoFields, RoomResponse>(.get, v1: "rooms.info")
    /// Returns the caller's rooms.
    public static let changes = APICall<ChangesQuery, NoFields, RoomChangesResponse>(.get, v1: "rooms.get")
    /// Lists rooms for administrators.
    public static let administration = APICall<AdministrationQuery, NoFields, ListResponse<RoomBody>>(
        .get, v1: "rooms.adminRooms")
    /// Returns a public room.
    public static let channel = APICall<NamedRoomSelector, NoFields, ChannelResponse>(.get, v1: "channels.info")
    /// Returns a private room.
    public static let group = APICall<NamedRoomSelector, NoFields, GroupResponse>(.get, v1: "groups.info")
}

/// The calls that each kind of room has: `channels.*`, `groups.*`, `im.*`, and `dm.*`, which is `im.*` again.
public struct RoomFamilyCalls<Selector: RoomSelector, Rooms: ListContent>: Sendable where Rooms.Item == RoomBody {
    private let prefix: String

    /// Lists rooms; which of them depends on `name`, such as `list.joined`.
    public func list(_ name: String) -> APICall<SortedPageQuery, NoFields, ListResponse<Rooms>> {
        .init(.get, v1: "\(prefix).\(name)")
    }

    /// Lists the members of a room.
    public var members: APICall<RoomPageQuery<Selector, MemberFilterQuery>, NoFields, ListResponse<MemberBody>> {
        .init(.get, v1: "\(prefix).members")
    }

    /// Lists the messages of a room.
    public var messages: APICall<RoomPageQuery<Selector, MessageFilterQuery>, NoFields, ListResponse<MessageBody>> {
        .init(.get, v1: "\(prefix).messages")
    }

    /// Lists the messages of a room between two timestamps.
    public var history: APICall<RoomPageQuery<Selector, HistoryFilterQuery>, NoFields, HistoryResponse> {
        .init(.get, v1: "\(prefix).history")
    }
}

extension RoomFamilyCalls<NamedRoomSelector, Channels> {
    /// Public rooms.
    public static var channels: Self { Self(prefix: "channels") }
}

extension RoomFamilyCalls<NamedRoomSelector, Groups> {
    /// Private rooms.
    public static var groups: Self { Self(prefix: "groups") }
}

extension RoomFamilyCalls<DirectRoomSelector, DirectRooms> {
    /// Direct rooms.
    public static var directs: Self { Self(prefix: "im") }
    /// Direct rooms, by their other name.
    public static var directsByOtherName: Self { Self(prefix: "dm") }
}
