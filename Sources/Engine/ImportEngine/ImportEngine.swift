public import ImportDomain

/// Imports as clients and workers see them: the use cases, each in a file of `UseCases/`, over one store.
///
/// It speaks the domain's words only; servers and commands translate.
public struct ImportEngine: Sendable {
    let store: any Store
    let clock: any WallClock
    let identifiers: any IdentifierSource
    let passwords: any PasswordHasher
    let importers: [ImporterKey: ImporterDescription]
    let workSignal: WorkSignal

    /// An engine over a store.
    ///
    /// - Parameters:
    ///   - importers: every importer of this workspace besides the API, in the order of the list that clients see.
    ///   - workSignal: tells workers of this process that there is something to do.
    public init(
        store: any Store, clock: any WallClock, identifiers: any IdentifierSource, passwords: any PasswordHasher,
        importers: [ImporterDescription], workSignal: WorkSignal
    ) {
        self.store = store
        self.clock = clock
        self.identifiers = identifiers
        self.passwords = passwords
        self.importers = Dictionary(uniqueKeysWithValues: ([.api] + importers).map { ($0.key, $0) })
        self.workSignal = workSignal
        listedImporters = importers.filter(\.isListed)
    }

    /// The importers that administrators may choose from.
    public let listedImporters: [ImporterDescription]

    /// What is known of an importer.
    ///
    /// - Throws: `ImportError.importerNotDefined`.
    public func importer(_ key: ImporterKey) throws(ImportError) -> ImporterDescription {
        guard let importer = importers[key] else { throw .importerNotDefined(key: key.rawValue) }
        return importer
    }
}
