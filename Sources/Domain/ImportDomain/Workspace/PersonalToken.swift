/// What a session is called that an account generates for a program: it does not expire.
public struct PersonalToken: Equatable, Sendable {
    /// The maximum bytes of a name.
    public static let nameBytes = 255
    /// The maximum number per account.
    public static let perAccount = 50

    /// The name; unique among those of the account.
    public let name: String
    /// The last characters of the token, which help people to recognize it.
    public let lastPart: String
    /// Whether calls that need a second factor do without; stored and returned, as Ferry has no second factor.
    public let bypassesTwoFactor: Bool

    /// What a session is called.
    public init(name: String, lastPart: String, bypassesTwoFactor: Bool) {
        self.name = name
        self.lastPart = lastPart
        self.bypassesTwoFactor = bypassesTwoFactor
    }
}
