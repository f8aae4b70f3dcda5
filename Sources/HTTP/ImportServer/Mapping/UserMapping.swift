import ImportAPI
import ImportDomain
import WorkspaceServices

extension UserBody {
    /// An account as a caller sees it.
    ///
    /// Source: docs/api.md, "Who sees what of an account".
    init(_ user: User, for caller: Caller, site: ServerServices.Site) {
        let isOwn = user.id == caller.user.id
        let seesAll = isOwn || caller.may(.viewFullOtherUserInfo)
        self.init(publicPartOf: user, site: site)
        if seesAll { addFullPart(of: user) }
        if isOwn { services = Services(password: .init(exists: user.passwordHash != nil)) }
        canViewAllInfo = seesAll
    }

    /// An account as it sees itself (`me`, and the response to a sign-in).
    static func own(_ user: User, site: ServerServices.Site) -> UserBody {
        var body = UserBody(publicPartOf: user, site: site)
        body.addFullPart(of: user)
        body.services = Services(password: .init(exists: user.passwordHash != nil))
        body.settings = Settings()
        body.email = user.emails.first(where: \.isVerified)?.address
        return body
    }

    private init(publicPartOf user: User, site: ServerServices.Site) {
        self.init(_id: user.id.rawValue)
        username = user.username
        name = user.name
        nickname = user.nickname
        type = user.kind.rawValue
        status = "offline"
        active = user.isActive
        bio = user.bio
        statusText = user.statusText
        utcOffset = user.utcOffset
        avatarUrl = site.avatarURL(of: user)
    }

    private mutating func addFullPart(of user: User) {
        emails = user.emails.map { Email(address: $0.address, verified: $0.isVerified) }
        roles = user.roles
        importIds = user.importIDs.isEmpty ? nil : user.importIDs.map(\.rawValue)
        createdAt = user.createdAt.iso8601
        lastLogin = user.lastLoginAt?.iso8601
        _updatedAt = user.updatedAt.iso8601
        requirePasswordChange = user.requiresPasswordChange ? true : nil
        _pendingAvatarUrl = user.pendingAvatarURL
        customFields = user.customFields.flatMap(JSONBody.init(text:))
    }
}
