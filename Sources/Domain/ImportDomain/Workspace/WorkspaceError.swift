/// Why a call about accounts, roles, rooms or sign-in was rejected.
public enum WorkspaceError: Error, Equatable, Sendable {
    /// Unknown account or wrong password, without a distinction.
    case invalidCredentials
    /// The account is deactivated.
    case userNotActivated
    /// Too many failed sign-ins of this account.
    case loginBlockedForUser
    /// Too many failed sign-ins from this address.
    case loginBlockedForAddress
    /// So many sign-ins of the account or the address, or of all, are in progress that another would wait too long.
    case tooManySignIns
    /// No account matches the selector, or the caller may not find it.
    case userNotFound
    /// No room matches the selector, or the caller may not find it.
    case roomNotFound
    /// The caller may not read the room.
    case roomNotAccessible
    /// No message has this id, or the caller may not read its room.
    case messageNotFound
    /// No file has this id, or the caller may not read its room.
    case fileNotFound
    /// A username or e-mail address belongs to another account.
    case fieldUnavailable(field: String, value: String)
    /// A value is invalid.
    case invalidValue(field: String, reason: String)
    /// Another personal access token of the account has the name.
    case tokenExists
    /// No personal access token of the account has the name.
    case tokenNotFound
    /// The account has as many personal access tokens as it may have.
    case tooManyTokens
    /// The change would leave the workspace without an active administrator.
    case lastAdministrator
    /// The change would leave the workspace without an active account that can change permissions.
    case lastPermissionHolder
    /// The caller lacks a permission.
    case notAllowed
    /// No permission has this id.
    case invalidPermission(String)
    /// No role has this id.
    case invalidRole(String)

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .invalidCredentials: "invalid-credentials"
        case .userNotActivated: "user-not-activated"
        case .loginBlockedForUser: "login-blocked-for-user"
        case .loginBlockedForAddress: "login-blocked-for-ip"
        case .tooManySignIns: "too-many-sign-ins"
        case .userNotFound: "user-not-found"
        case .roomNotFound: "room-not-found"
        case .roomNotAccessible: "room-not-accessible"
        case .messageNotFound: "message-not-found"
        case .fileNotFound: "file-not-found"
        case .fieldUnavailable: "field-unavailable"
        case .invalidValue: "invalid-value"
        case .tokenExists: "token-exists"
        case .tokenNotFound: "token-not-found"
        case .tooManyTokens: "too-many-tokens"
        case .lastAdministrator: "last-administrator"
        case .lastPermissionHolder: "last-permission-holder"
        case .notAllowed: "not-allowed"
        case .invalidPermission: "invalid-permission"
        case .invalidRole: "invalid-role"
        }
    }
}
