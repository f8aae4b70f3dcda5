/// `users.*`.
public enum UserCalls {
    /// Returns an account.
    public static let info = APICall<UserQuery, NoFields, UserResponse>(.get, v1: "users.info")
    /// Lists accounts.
    public static let list = APICall<UserListQuery, NoFields, ListResponse<UserBody>>(.get, v1: "users.list")
    /// Creates an account.
    public static let create = APICall<NoFields, UserCreationBody, UserResponse>(.post, v1: "users.create")
    /// Changes an account.
    public static let update = APICall<NoFields, UserUpdateBody, UserResponse>(.post, v1: "users.update")
    /// Deletes an account.
    public static let delete = APICall<NoFields, UserDeletionBody, UserDeletedResponse>(.post, v1: "users.delete")
    /// Activates or deactivates an account.
    public static let setActiveStatus = APICall<NoFields, ActiveStatusBody, ActiveStatusResponse>(
        .post, v1: "users.setActiveStatus")
    /// Redirects to an avatar.
    public static let avatar = APICall<AvatarQuery, NoFields, RawContent>(.get, v1: "users.getAvatar")
}
