/// The permissions that Ferry checks.
///
/// Source: Rocket.Chat's permission list; docs/api.md, "Permissions".
public enum PermissionName: String, CaseIterable, Sendable {
    /// Create, fill, run and clear import operations.
    case runImport = "run-import"
    /// See the history of import operations.
    case viewImportOperations = "view-import-operations"
    /// Create accounts.
    case createUser = "create-user"
    /// Delete accounts.
    case deleteUser = "delete-user"
    /// Change other accounts.
    case editOtherUserInfo = "edit-other-user-info"
    /// Change the passwords of other accounts.
    case editOtherUserPassword = "edit-other-user-password"
    /// Activate and deactivate other accounts.
    case editOtherUserActiveStatus = "edit-other-user-active-status"
    /// Give roles to accounts.
    case assignRoles = "assign-roles"
    /// Give the role of an administrator.
    case assignAdminRole = "assign-admin-role"
    /// See e-mail addresses, roles and import ids of other accounts.
    case viewFullOtherUserInfo = "view-full-other-user-info"
    /// List accounts for administration.
    case viewUserAdministration = "view-user-administration"
    /// List rooms for administration.
    case viewRoomAdministration = "view-room-administration"
    /// Change which roles hold a permission.
    case accessPermissions = "access-permissions"
    /// See versions and figures of the workspace.
    case viewStatistics = "view-statistics"
    /// See settings that are not public.
    case viewPrivilegedSetting = "view-privileged-setting"
    /// Change settings.
    case editPrivilegedSetting = "edit-privileged-setting"
    /// Read public rooms.
    case viewPublicRoom = "view-c-room"
    /// Read private rooms that one is in.
    case viewPrivateRoom = "view-p-room"
    /// Read direct rooms that one is in, and list accounts.
    case viewDirectRoom = "view-d-room"
    /// Create public rooms.
    case createPublicRoom = "create-c"
    /// Create private rooms.
    case createPrivateRoom = "create-p"
    /// Create direct rooms.
    case createDirectRoom = "create-d"
    /// Generate tokens for programs.
    case createPersonalAccessTokens = "create-personal-access-tokens"
    /// Call without a rate limit.
    case bypassRateLimit = "api-bypass-rate-limit"
    /// Write messages under another name.
    case impersonate = "message-impersonate"
    /// Moderate accounts.
    case manageModerationActions = "manage-moderation-actions"
    /// See in which rooms other accounts are.
    case viewOtherUserChannels = "view-other-user-channels"
    /// See rooms that one has joined.
    case viewJoinedRoom = "view-joined-room"

    /// Whether only administrators hold it by default: it gives power over the workspace or other people's accounts.
    public var isAdministrative: Bool {
        switch self {
        case .runImport, .viewImportOperations, .createUser, .deleteUser, .editOtherUserInfo, .editOtherUserPassword,
            .editOtherUserActiveStatus, .assignRoles, .assignAdminRole, .viewFullOtherUserInfo,
            .viewUserAdministration, .viewRoomAdministration, .accessPermissions, .viewStatistics,
            .viewPrivilegedSetting, .editPrivilegedSetting, .manageModerationActions, .viewOtherUserChannels:
            true
        case .viewPublicRoom, .viewPrivateRoom, .viewDirectRoom, .createPublicRoom, .createPrivateRoom,
            .createDirectRoom, .viewJoinedRoom, .createPersonalAccessTokens, .bypassRateLimit, .impersonate:
            false
        }
    }
}
