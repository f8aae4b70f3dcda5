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
        self.init(user, isFull: seesAll, isOwn: isOwn, site: site)
        canViewAllInfo = seesAll
    }

    fileprivate init(_ user: User, isFull: Bool, isOwn: Bool, site: ServerServices.Site) {
        self.init(publicPartOf: user, site: site)
        if isFull { addFullPart(of: user) }
        if isOwn { services = Services(password: .init(exists: user.passwordHash != nil)) }
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
        _pendingAvatarUrl = user.pendingAvatarURL.map(ShownURL.text)
        customFields = user.customFields.flatMap(JSONBody.init(text:))
    }
}

extension MeBody {
    /// An account as it sees itself.
    init(_ user: User, site: ServerServices.Site) {
        self.init(user: UserBody(user, isFull: true, isOwn: true, site: site))
        email = user.emails.first(where: \.isVerified)?.address
    }
}
