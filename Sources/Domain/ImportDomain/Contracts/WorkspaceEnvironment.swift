/// What every use case needs from outside: where things are kept, what time it is, where identities and hashes come
/// from. Programs put it together once; tests put in clocks and identities that they control.
public struct WorkspaceEnvironment: Sendable {
    /// Where everything is kept.
    public let store: any Store
    /// Where bytes are kept that are no rows.
    public let files: any FileStore
    /// The time of day.
    public let clock: any WallClock
    /// Where identities and secrets come from.
    public let identifiers: any IdentifierSource
    /// Where passwords are hashed.
    public let passwords: any PasswordHasher

    /// Creates an environment.
    public init(
        store: any Store, files: any FileStore, clock: any WallClock, identifiers: any IdentifierSource,
        passwords: any PasswordHasher
    ) {
        self.store = store
        self.files = files
        self.clock = clock
        self.identifiers = identifiers
        self.passwords = passwords
    }
}
