import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// `users.*`.
enum UserRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/v1/users.info", access: .signedIn) { call in
            let query = try QueryFields(
                call.request, names: ["userId", "username", "importId", "email", "includeUserRooms"])
            do {
                let user = try await call.services.accounts.account(selector(query), for: call.caller)
                var body = try call.body(user)
                if try query.flag("includeUserRooms") == true {
                    body.rooms = try await call.services.rooms.places(
                        of: user.id, limit: Page.largest, for: call.caller)?.map { PlaceBody($0.place, in: $0.room) }
                }
                return JSONAnswer.response(UserAnswer(user: body))
            } catch WorkspaceError.userNotFound {
                throw APIFailure.plain("User not found.")
            }
        },
        Endpoint(.get, "/api/v1/users.list", access: .holders([.viewDirectRoom])) { call in
            let query = try QueryFields(call.request, names: Page.sortableNames.union(["email"]))
            let page = try await Page(query, settings: call.services.settings)
            let order = try UserOrder(sort: query.text("sort"))
            return try await call.list("users") { bytes in
                if let address = query.text("email") {
                    try call.caller.require(.viewFullOtherUserInfo)
                    let found = try await call.services.accounts.account(withAddress: address)
                    return ListPage(
                        items: found.map { [$0] }.flatMap { page.offset == 0 ? $0 : nil } ?? [], offset: page.offset,
                        total: found == nil ? 0 : 1)
                }
                let (users, total) = try await call.services.accounts.accounts(
                    orderedBy: order, offset: page.offset, limit: page.limit, bytes: bytes)
                return ListPage(items: users, offset: page.offset, total: total)
            } body: { user in
                var body = try call.body(user)
                body.canViewAllInfo = nil
                return body
            }
        },
        Endpoint(.post, "/api/v1/users.create", access: .holders([.createUser])) { call in
            let fields = try await BodyFields(
                call.request, required: ["email", "name", "username"],
                optional: AccountValues.names.union(["password", "joinDefaultChannels", "sendWelcomeEmail"]))
            var values = try AccountValues(fields)
            try requireNoWelcome(fields)
            // Null stands for an empty text where a text is required, and is refused as such.
            values.name = values.name ?? ""
            values.email = values.email ?? ""
            values.username = values.username ?? ""
            guard values.setsRandomPassword == true || !(values.password ?? "").isEmpty else {
                throw APIFailure.invalidBody(["must have required property 'password'"])
            }
            let user = try await call.services.accounts.create(values, by: call.caller)
            return JSONAnswer.response(UserAnswer(user: try call.body(user)))
        },
        Endpoint(.post, "/api/v1/users.update", access: .holders([.editOtherUserInfo])) { call in
            let fields = try await BodyFields(
                call.request, required: ["userId", "data"], optional: ["confirmRelinquish"])
            let data = try BodyFields(
                fields.value("data") ?? .null,
                optional: AccountValues.names.union([
                    "email", "name", "username", "password", "joinDefaultChannels", "sendWelcomeEmail",
                ]))
            try requireNoWelcome(data)
            let user = try await call.services.accounts.update(
                UserID(fields.requiredText("userId")), with: AccountValues(data), by: call.caller)
            return JSONAnswer.response(UserAnswer(user: try call.body(user)))
        },
        Endpoint(.post, "/api/v1/users.delete", access: .holders([.deleteUser])) { call in
            let fields = try await BodyFields(
                call.request, required: [], optional: ["userId", "username", "user", "confirmRelinquish"])
            try await call.services.accounts.delete(selector(fields))
            return JSONAnswer.response(UserDeletedAnswer())
        },
        Endpoint(
            .post, "/api/v1/users.setActiveStatus",
            access: .holders([.editOtherUserActiveStatus, .manageModerationActions])
        ) { call in
            let fields = try await BodyFields(
                call.request, required: ["userId", "activeStatus"], optional: ["confirmRelinquish"])
            let user = try await call.services.accounts.setActive(
                try fields.flag("activeStatus") ?? false, of: UserID(try fields.requiredText("userId")))
            return JSONAnswer.response(ActiveStatusAnswer(_id: user.id.rawValue, active: user.isActive))
        },
    ]

    /// Ferry sends no e-mail, so it rejects the wish for one.
    private static func requireNoWelcome(_ fields: BodyFields) throws(APIFailure) {
        guard try fields.flag("sendWelcomeEmail") == true else { return }
        throw .coded("Ferry sends no e-mail. Leave out sendWelcomeEmail", "error-not-supported")
    }

    /// Exactly one parameter names the account.
    private static func selector(_ query: QueryFields) throws -> AccountService.Selector {
        let selectors: [AccountService.Selector?] = [
            query.text("userId").map { .id(UserID($0)) }, query.text("username").map { .username($0) },
            query.text("importId").map { .importID(ImportID($0)) }, query.text("email").map { .email($0) },
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

    private static func selector(_ fields: BodyFields) throws -> AccountService.Selector {
        let id = try fields.text("userId")
        let usernames = [try fields.text("username"), try fields.text("user")].compactMap { $0 }
        switch (id, usernames.first) {
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
    fileprivate static let names: Set<String> = [
        "active", "bio", "nickname", "statusText", "roles", "requirePasswordChange", "verified", "customFields",
        "setRandomPassword",
    ]

    fileprivate init(_ fields: BodyFields) throws(APIFailure) {
        self.init()
        name = try fields.text("name")
        email = try fields.text("email")
        username = try fields.text("username")
        password = try fields.text("password")
        setsRandomPassword = try fields.flag("setRandomPassword")
        isActive = try fields.flag("active")
        roles = try fields.texts("roles")
        bio = try fields.text("bio")
        nickname = try fields.text("nickname")
        statusText = try fields.text("statusText")
        requiresPasswordChange = try fields.flag("requirePasswordChange")
        isVerified = try fields.flag("verified")
        if let value = fields.value("customFields") {
            guard value.kind == .object else { throw .invalidBody(["must be object"]) }
            customFields = value.serialized()
        }
    }
}
