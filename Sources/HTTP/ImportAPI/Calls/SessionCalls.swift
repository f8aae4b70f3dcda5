/// `login`, `logout` and `me`.
public enum SessionCalls {
    /// Begins or resumes a session.
    public static let login = APICall<NoFields, LoginBody, LoginResponse>(.post, v1: "login")
    /// Ends the session.
    public static let logout = APICall<NoFields, NoFields, LogoutResponse>(.post, v1: "logout")
    /// Ends the session, as older clients do.
    public static let logoutByGet = APICall<NoFields, NoFields, LogoutResponse>(.get, v1: "logout")
    /// Returns the caller's account.
    public static let me = APICall<NoFields, NoFields, MeBody>(.get, v1: "me")
}
