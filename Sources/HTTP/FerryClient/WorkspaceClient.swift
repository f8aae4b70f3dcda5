import Foundation
public import ImportAPI

/// Calls that read the workspace, and those that manage accounts; from `FerryClient.workspace`.
///
/// Errors and repetition are those of `FerryClient`. Lists are pages: `offset` and `count` of a query choose one.
public struct WorkspaceClient: Sendable {
    let exchange: Exchange

    // MARK: Accounts

    /// Returns the caller's account (`me`).
    public func me() async throws -> MeBody { try await call(SessionCalls.me) }

    /// Returns an account (`users.info`).
    public func user(_ query: UserQuery) async throws -> UserBody { try await call(UserCalls.info, query).user }

    /// Lists accounts (`users.list`).
    public func users(_ query: UserListQuery = UserListQuery()) async throws -> ListResponse<UserBody> {
        try await call(UserCalls.list, query)
    }

    /// Creates an account (`users.create`).
    public func createUser(_ body: UserCreationBody) async throws -> UserBody {
        try await call(UserCalls.create, NoFields(), body).user
    }

    /// Changes an account (`users.update`).
    public func updateUser(_ body: UserUpdateBody) async throws -> UserBody {
        try await call(UserCalls.update, NoFields(), body).user
    }

    /// Deletes an account (`users.delete`).
    public func deleteUser(_ body: UserDeletionBody) async throws {
        _ = try await call(UserCalls.delete, NoFields(), body)
    }

    /// Activates or deactivates an account (`users.setActiveStatus`).
    public func setActiveStatus(_ body: ActiveStatusBody) async throws -> ActiveStatusResponse.User {
        try await call(UserCalls.setActiveStatus, NoFields(), body).user
    }

    // MARK: Personal access tokens

    /// Generates a token that does not expire (`users.generatePersonalAccessToken`). Keep it: no call returns it again.
    ///
    /// With the account's id it makes a ``Session``.
    public func generateToken(_ body: TokenGenerationBody) async throws -> String {
        try await call(TokenCalls.generate, NoFields(), body).token
    }

    /// Replaces a token by a new one of the same name (`users.regeneratePersonalAccessToken`).
    public func regenerateToken(_ name: String) async throws -> String {
        try await call(TokenCalls.regenerate, NoFields(), TokenNameBody(tokenName: name)).token
    }

    /// Lists the caller's tokens (`users.getPersonalAccessTokens`).
    public func tokens() async throws -> [TokenListResponse.Token] { try await call(TokenCalls.list).tokens }

    /// Removes a token (`users.removePersonalAccessToken`).
    public func removeToken(_ name: String) async throws {
        _ = try await call(TokenCalls.remove, NoFields(), TokenNameBody(tokenName: name))
    }

    // MARK: Rooms

    /// Returns a room (`rooms.info`).
    public func room(_ query: RoomQuery) async throws -> RoomBody { try await call(RoomCalls.info, query).room }

    /// Returns the caller's rooms (`rooms.get`).
    public func rooms(_ query: ChangesQuery = ChangesQuery()) async throws -> RoomChangesResponse {
        try await call(RoomCalls.changes, query)
    }

    /// Lists all rooms, for administrators (`rooms.adminRooms`).
    public func allRooms(_ query: AdministrationQuery = AdministrationQuery()) async throws -> ListResponse<RoomBody> {
        try await call(RoomCalls.administration, query)
    }

    /// Returns a public room (`channels.info`).
    public func channel(_ room: NamedRoomSelector) async throws -> RoomBody {
        try await call(RoomCalls.channel, room).channel
    }

    /// Returns a private room (`groups.info`).
    public func group(_ room: NamedRoomSelector) async throws -> RoomBody {
        try await call(RoomCalls.group, room).group
    }

    /// Lists rooms of one kind, such as `rooms(of: .channels, "list.joined")` for `channels.list.joined`.
    public func rooms<Selector, Rooms>(
        of kind: RoomFamilyCalls<Selector, Rooms>, _ name: String, _ query: SortedPageQuery = SortedPageQuery()
    ) async throws -> ListResponse<Rooms> {
        try await call(kind.list(name), query)
    }

    /// Lists the members of a room (`channels.members`, `groups.members`, `im.members`).
    public func members<Selector, Rooms>(
        of kind: RoomFamilyCalls<Selector, Rooms>, _ query: RoomPageQuery<Selector, MemberFilterQuery>
    ) async throws -> ListResponse<MemberBody> {
        try await call(kind.members, query)
    }

    /// Lists the messages of a room (`channels.messages`, `groups.messages`, `im.messages`).
    public func messages<Selector, Rooms>(
        of kind: RoomFamilyCalls<Selector, Rooms>, _ query: RoomPageQuery<Selector, MessageFilterQuery>
    ) async throws -> ListResponse<MessageBody> {
        try await call(kind.messages, query)
    }

    /// Lists the messages of a room between two timestamps (`channels.history`, `groups.history`, `im.history`).
    public func history<Selector, Rooms>(
        of kind: RoomFamilyCalls<Selector, Rooms>, _ query: RoomPageQuery<Selector, HistoryFilterQuery>
    ) async throws -> HistoryResponse {
        try await call(kind.history, query)
    }

    // MARK: Messages

    /// Returns a message (`chat.getMessage`).
    public func message(_ id: String) async throws -> MessageBody {
        try await call(ChatCalls.message, MessageQuery(msgId: id)).message
    }

    /// Lists the replies of a thread (`chat.getThreadMessages`).
    public func thread(_ query: ThreadQuery) async throws -> ListResponse<MessageBody> {
        try await call(ChatCalls.thread, query)
    }

    /// Searches the messages of a room (`chat.search`).
    public func search(_ query: SearchQuery) async throws -> [MessageBody] {
        try await call(ChatCalls.search, query).messages
    }

    // MARK: Avatars and files

    /// Downloads an avatar (`/avatar/<username>`).
    ///
    /// - Parameters:
    ///   - username: the account's username.
    ///   - write: receives each chunk; the next one is read when it has returned.
    public func avatar(of username: String, write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        try await exchange.transfer(
            OutgoingRequest(.get, ServerCalls.avatar.target(username, query: NoFields())), write: write)
    }

    /// Downloads a file of a message (`/file-upload/<id>/<name>`).
    ///
    /// - Parameters:
    ///   - id: the file's id.
    ///   - name: the file's name.
    ///   - write: receives each chunk; the next one is read when it has returned.
    public func file(
        _ id: String, name: String, write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        try await exchange.transfer(
            OutgoingRequest(.get, ServerCalls.file.target(id, name, query: NoFields())), write: write)
    }

    // MARK: Roles, permissions, settings, server

    /// Lists roles (`roles.list`).
    public func roles() async throws -> [RoleBody] { try await call(RoleCalls.list).roles }

    /// Lists permissions (`permissions.listAll`).
    public func permissions(_ query: ChangesQuery = ChangesQuery()) async throws -> PermissionListResponse {
        try await call(RoleCalls.permissions, query)
    }

    /// Gives permissions to roles (`permissions.update`).
    public func updatePermissions(_ body: PermissionsUpdateBody) async throws -> [PermissionBody] {
        try await call(RoleCalls.updatePermissions, NoFields(), body).permissions
    }

    /// Returns a setting (`settings/<id>`).
    public func setting(_ id: String) async throws -> JSONBody {
        let response: SettingResponse = try await exchange.response(
            to: OutgoingRequest(.get, ServerCalls.setting.target(id, query: NoFields())))
        return response.value
    }

    /// Changes a setting (`settings/<id>`).
    public func changeSetting(_ id: String, to value: JSONBody) async throws {
        var request = OutgoingRequest(
            .post, try ServerCalls.changeSetting.target(id, query: NoFields()), repetition: .always)
        request.content = try .json(SettingBody(value: value))
        try await exchange.confirm(request)
    }

    /// Returns the server's versions (`/api/info`); needs no session.
    public func info() async throws -> InfoResponse { try await call(ServerCalls.info) }

    /// Reports whether the server can serve calls (`/ready`); an addition of Ferry, needs no session.
    public func readiness() async throws -> HealthResponse { try await call(ServerCalls.readiness) }

    private func call<Query, Body, Response: Decodable & Sendable>(
        _ call: APICall<Query, Body, Response>, _ query: Query, _ body: Body? = nil
    ) async throws -> Response {
        try await exchange.response(to: OutgoingRequest(call, query: query, body: body))
    }

    private func call<Body, Response: Decodable & Sendable>(
        _ call: APICall<NoFields, Body, Response>
    ) async throws -> Response {
        try await self.call(call, NoFields())
    }
}
