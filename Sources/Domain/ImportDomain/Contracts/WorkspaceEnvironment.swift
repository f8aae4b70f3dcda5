/// The dependencies of every use case. Programs create it once; tests inject their own clock and ids.
public struct WorkspaceEnvironment: Sendable {
    /// The database.
    public let store: any Store
    /// The store of files.
    public let files: any FileStore
    /// The clock.
    public let clock: any WallClock
    /// Creates ids and secrets.
    public let identifiers: any IdentifierSource
    /// Hashes passwords.
    public let passwords: any PasswordHasher
    /// Creates an empty scratch workspace for a check.
    public let openScratch: @Sendable () async throws -> any ScratchWorkspace

    /// Creates an environment.
    public init(
        store: any Store, files: any FileStore, clock: any WallClock, identifiers: any IdentifierSource,
        passwords: any PasswordHasher, openScratch: @escaping @Sendable () async throws -> any ScratchWorkspace
    ) {
        self.store = store
        self.files = files
        self.clock = clock
        self.identifiers = identifiers
        self.passwords = passwords
        self.openScratch = openScratch
    }
}
