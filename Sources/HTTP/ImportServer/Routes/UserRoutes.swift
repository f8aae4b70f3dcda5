import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// `users.*`.
enum UserRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(UserCalls.info, access: .signedIn) { call, input in
            let query = try input.query
            do {
                let user = try await call.services.accounts.account(selector(query), for: call.caller)
                var body = try call.body(user)
                if query.includeUserRooms == true {
                    body.rooms = try await call.services.rooms.subscriptions(
                        of: user.id, limit: Page.largest, for: call.caller)?.map {
                            SubscriptionBody($0.subscription, in: $0.room)
                        }
                }
                return Reply(UserResponse(user: body))
            } catch WorkspaceError.userNotFound {
                throw APIFailure.plain("User not found.")
            }
        },
        Endpoint(UserCalls.list, access: .holders([.viewDirectRoom])) { call, input in
            let query = try input.query
            let order = try UserOrder(sort: query.sort)
            return try await call.list(query) { page in
                let (users, total) = try await call.services.accounts.accounts(
                    withAddress: query.email, orderedBy: order, offset: page.offset, limit: page.limit,
                    bytes: page.bytes, for: call.caller)
                return ListPage(items: users, total: total)
            } body: { user in
                var body = try call.body(user)
                body.canViewAllInfo = nil
                return body
            }
        },
        Endpoint(UserCalls.create, access: .holders([.createUser])) { call, input in
            let body = try await input.body()
            var values = try AccountValues(body.values)
            values.name = body.name
            values.email = body.email
            values.username = body.username
            guard values.setsRandomPassword == true || !(values.password ?? "").isEmpty else {
                throw APIFailure.invalidBody(["must have required property 'password'"])
            }
            let user = try await call.services.accounts.create(values, by: call.caller)
            return Reply(UserResponse(user: try call.body(user)))
        },
        Endpoint(UserCalls.update, access: .holders([.editOtherUserInfo])) { call, input in
            let body = try await input.body()
            var values = try AccountValues(body.data.values)
            values.name = body.data.name
            values.email = body.data.email
            values.username = body.data.username
            let user = try await call.services.accounts.update(UserID(body.userId), with: values, by: call.caller)
            return Reply(UserResponse(user: try call.body(user)))
        },
        Endpoint(UserCalls.delete, access: .holders([.deleteUser])) { call, input in
            try await call.services.accounts.delete(selector(try await input.body()))
            return Reply(UserDeletedResponse())
        },
        Endpoint(
            UserCalls.setActiveStatus, access: .holders([.editOtherUserActiveStatus, .manageModerationActions])
        ) { call, input in
            let body = try await input.body()
            let user = try await call.services.accounts.setActive(body.activeStatus, of: UserID(body.userId))
            return Reply(ActiveStatusResponse(_id: user.id.rawValue, active: user.isActive))
        },
    ]

    /// Exactly one parameter names the account.
    private static func selector(_ query: UserQuery) throws -> AccountService.Selector {
        let selectors: [AccountService.Selector?] = [
            query.userId.map { .id(UserID($0)) }, query.username.map { .username($0) },
            query.importId.map { .importID(ImportID($0)) }, query.email.map { .email($0) },
        ]
        let given = selectors.compactMap { $0 }
        guard given.count == 1, let selector = given.first else {
            let alternatives =
                given.isEmpty
                ? ["userId", "username", "importId", "email"].map { "must have required property '\($0)'" }
                : Array(repeating: "must NOT have additional properties", count: 4)
            throw APIFailure.invalidQuery(alternatives + ["must match a schema in anyOf"])
        }
        return selector
    }

    private static func selector(_ body: UserDeletionBody) throws -> AccountService.Selector {
        let usernames = [body.username, body.user].compactMap { $0 }
        switch (body.userId, usernames.first) {
        case (let id?, nil): return .id(UserID(id))
        case (nil, let username?) where usernames.count == 1: return .username(username)
        case (nil, nil):
            throw APIFailure.coded(
                "The required \"userId\" or \"username\" param was not provided", "error-user-param-not-provided")
        default:
            throw APIFailure.coded(
                "Exactly one of \"userId\", \"username\" and \"user\" must be provided",
                "error-user-param-not-provided")
        }
    }
}

extension Endpoint.Call {
    fileprivate func body(_ user: User) throws -> UserBody { UserBody(user, for: try caller, site: services.site) }
}

extension AccountValues {
    fileprivate init(_ body: UserValuesBody) throws(APIFailure) {
        self.init()
        guard body.sendWelcomeEmail != true else {
            throw .coded("Ferry sends no e-mail. Leave out sendWelcomeEmail", "error-not-supported")
        }
        password = body.password
        setsRandomPassword = body.setRandomPassword
        isActive = body.active
        roles = body.roles
        bio = body.bio
        nickname = body.nickname
        statusText = body.statusText
        requiresPasswordChange = body.requirePasswordChange
        isVerified = body.verified
        if let fields = body.customFields {
            guard case .object = fields else { throw .invalidBody(["must be object"]) }
            customFields = String(decoding: WireJSON.data(fields), as: UTF8.self)
        }
    }
}
