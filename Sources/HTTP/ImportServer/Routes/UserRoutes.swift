import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// `users.*`.
enum UserRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/v1/users.info", access: .signedIn) { call in
            let query = try QueryFields(call.request, names: ["userId", "username", "importId", "includeUserRooms"])
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
            let query = try QueryFields(call.request, names: Page.names)
            let page = try await Page(query, settings: call.services.settings)
            let (users, total) = try await call.services.accounts.accounts(
                orderedBy: UserOrder(sort: query.text("sort")), offset: page.offset, limit: page.limit)
            return JSONAnswer.response(
                UserListAnswer(
                    users: try users.map { user in
                        var body = try call.body(user)
                        body.canViewAllInfo = nil
                        return body
                    }, offset: page.offset, total: total))
        },
        Endpoint(.post, "/api/v1/users.create", access: .holders([.createUser])) { call in
            let fields = try await BodyFields(
                call.request, required: ["email", "name", "username"],
                optional: AccountValues.names.union(["password", "joinDefaultChannels", "sendWelcomeEmail"]))
            var values = try AccountValues(fields)
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

    /// Exactly one of three parameters names the account.
    private static func selector(_ query: QueryFields) throws -> AccountService.Selector {
        let selectors: [AccountService.Selector?] = [
            query.text("userId").map { .id(UserID($0)) }, query.text("username").map { .username($0) },
            query.text("importId").map { .importID(ImportID($0)) },
        ]
        let given = selectors.compactMap { $0 }
        guard given.count == 1, let selector = given.first else {
            let alternatives =
                given.isEmpty
                ? ["userId", "username", "importId"].map { "must have required property '\($0)'" }
                : Array(repeating: "must NOT have additional properties", count: 3)
            throw APIFailure.invalidQuery(alternatives + ["must match a schema in anyOf"])
        }
        return selector
    }

    private static func selector(_ fields: BodyFields) throws -> AccountService.Selector {
        if let id = try fields.text("userId") { return .id(UserID(id)) }
        if let username = try fields.text("username") ?? fields.text("user") { return .username(username) }
        throw APIFailure.coded(
            "The required \"userId\" or \"username\" param was not provided", "error-user-param-not-provided")
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
