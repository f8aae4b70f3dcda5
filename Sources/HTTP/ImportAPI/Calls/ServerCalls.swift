/// What the server reports about itself, its settings and its files.
public enum ServerCalls {
    /// Returns versions.
    public static let info = APICall<NoFields, NoFields, InfoResponse>(.get, "/api/info")
    /// Returns versions, at its other path.
    public static let infoByVersion = APICall<NoFields, NoFields, InfoResponse>(.get, v1: "info")
    /// Returns a setting.
    public static let setting = APICall<NoFields, NoFields, SettingResponse>(.get, v1: "settings/{id}")
    /// Changes a setting.
    public static let changeSetting = APICall<NoFields, SettingBody, SuccessResponse>(.post, v1: "settings/{id}")
    /// Returns the OpenAPI document.
    public static let document = APICall<NoFields, NoFields, RawContent>(.get, "/api/openapi.json")
    /// Returns the OpenAPI document for generators that read version 3.0.
    public static let document30 = APICall<NoFields, NoFields, RawContent>(.get, "/api/openapi-3.0.json")
    /// Leads to the admin page.
    public static let startPage = APICall<NoFields, NoFields, RawContent>(.get, "/")
    /// Reports that the process runs.
    public static let health = APICall<NoFields, NoFields, HealthResponse>(.get, "/health")
    /// Reports whether calls can be served.
    public static let readiness = APICall<NoFields, NoFields, HealthResponse>(.get, "/ready")
    /// Returns metrics in Prometheus' text format.
    public static let metrics = APICall<NoFields, NoFields, RawContent>(.get, "/metrics")
    /// Returns an avatar.
    public static let avatar = APICall<NoFields, NoFields, RawContent>(.get, "/avatar/{username}")
    /// Returns the avatar of an account id.
    public static let avatarByID = APICall<NoFields, NoFields, RawContent>(.get, "/avatar/uid/{id}")
    /// Returns a file of a message.
    public static let file = APICall<NoFields, NoFields, RawContent>(.get, "/file-upload/{id}/{name}")
}
