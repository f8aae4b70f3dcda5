/// Why a call about accounts, roles or sign-in was refused.
public enum WorkspaceError: Error, Equatable, Sendable {
    /// Unknown account or wrong password; the two are not told apart.
    case invalidCredentials
    /// The account is deactivated.
    case userNotActivated
    /// Too many failed sign-ins of this account.
    case loginBlockedForUser
    /// Too many failed sign-ins from this address.
    case loginBlockedForAddress
    /// No account matches the selector, or the caller may not know of it.
    case userNotFound
    /// A username or e-mail address belongs to another account.
    case fieldUnavailable(field: String, value: String)
    /// A value cannot be used.
    case invalidValue(field: String, reason: String)
    /// The change would leave the workspace without an active administrator.
    case lastAdministrator
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
        case .userNotFound: "user-not-found"
        case .fieldUnavailable: "field-unavailable"
        case .invalidValue: "invalid-value"
        case .lastAdministrator: "last-administrator"
        case .notAllowed: "not-allowed"
        case .invalidPermission: "invalid-permission"
        case .invalidRole: "invalid-role"
        }
    }
}
