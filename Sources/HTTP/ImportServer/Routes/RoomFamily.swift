import ImportDomain
import WorkspaceServices

/// A group of calls that speaks of one kind of room: `channels.*`, `groups.*`, `im.*` and its other name `dm.*`.
struct RoomFamily: Sendable {
    static let channels = RoomFamily(prefix: "channels", kind: .channel, noun: "channel", listKey: "channels")
    static let groups = RoomFamily(prefix: "groups", kind: .privateGroup, noun: "group", listKey: "groups")
    static let directs = [
        RoomFamily(prefix: "im", kind: .direct, noun: "direct message", listKey: "ims"),
        RoomFamily(prefix: "dm", kind: .direct, noun: "direct message", listKey: "ims"),
    ]
    static let all = [channels, groups] + directs

    /// What stands before the dot.
    let prefix: String
    /// The kind of room.
    let kind: RoomKind
    /// What such a room is called in refusals.
    let noun: String
    /// The key of lists of rooms.
    let listKey: String

    /// The parameters that name a room.
    var selectorNames: Set<String> { ["roomId", kind == .direct ? "username" : "roomName"] }

    func path(_ name: String) -> String { "/api/v1/\(prefix).\(name)" }

    /// The room that a query names.
    ///
    /// - Throws: the refusal of a query that names none.
    func selector(_ query: QueryFields) throws(APIFailure) -> RoomService.Selector {
        let given = selectorNames.filter { query.text($0)?.isEmpty == false }
        guard given.count < 2 else {
            throw .coded(
                "Exactly one of the parameters \(given.sorted().map { "\"\($0)\"" }.joined(separator: " and ")) is required",
                "error-roomid-param-not-provided")
        }
        if let id = query.text("roomId"), !id.isEmpty { return .id(RoomID(id)) }
        if kind == .direct, let username = query.text("username"), !username.isEmpty { return .partner(username) }
        if kind != .direct, let name = query.text("roomName"), !name.isEmpty { return .name(name) }
        let alternative = kind == .direct ? "username" : "roomName"
        throw .coded(
            "The parameter \"roomId\" or \"\(alternative)\" is required", "error-roomid-param-not-provided")
    }

    /// The room that a query names, if the caller may read it.
    ///
    /// - Throws: the family's own refusal when there is none; private and direct rooms of others are not found either.
    func room(_ query: QueryFields, for call: Endpoint.Call) async throws -> RoomView {
        do {
            return try await call.services.rooms.room(selector(query), of: [kind], for: call.caller)
        } catch WorkspaceError.roomNotFound {
            throw APIFailure.roomNotFound(noun)
        } catch WorkspaceError.roomNotAccessible where kind != .channel {
            throw APIFailure.roomNotFound(noun)
        }
    }
}
