public import ImportDomain

/// Imports as clients and workers see them: the use cases, each in a file of `UseCases/`, over one store.
///
/// It speaks the domain's words only; servers and commands translate.
public struct ImportEngine: Sendable {
    let environment: WorkspaceEnvironment
    let importers: [ImporterKey: ImporterDescription]
    let readers: [ImporterKey: any Importer]
    let fetcher: any RemoteFileFetcher
    let workSignal: WorkSignal

    /// An engine of a workspace.
    ///
    /// - Parameters:
    ///   - importers: every importer of this workspace besides the API, in the order of the list that clients see.
    ///   - fetcher: fetches files from addresses.
    ///   - workSignal: tells workers of this process that there is something to do.
    public init(
        _ environment: WorkspaceEnvironment, importers: [any Importer], fetcher: any RemoteFileFetcher,
        workSignal: WorkSignal
    ) {
        self.environment = environment
        self.fetcher = fetcher
        let descriptions = importers.map(\.description)
        self.importers = Dictionary(
            uniqueKeysWithValues: (ImporterDescription.builtIn + descriptions).map { ($0.key, $0) })
        readers = Dictionary(uniqueKeysWithValues: importers.map { ($0.description.key, $0) })
        self.workSignal = workSignal
        listedImporters = descriptions.filter(\.isListed)
    }

    /// The importers that administrators may choose from.
    public let listedImporters: [ImporterDescription]

    /// How many findings of one severity and code are kept; beyond that they are only counted.
    public static let findingsPerCode = 1_000

    var store: any Store { environment.store }
    var files: any FileStore { environment.files }
    var clock: any WallClock { environment.clock }

    /// What is known of an importer.
    ///
    /// - Throws: `ImportError.importerNotDefined`.
    public func importer(_ key: ImporterKey) throws(ImportError) -> ImporterDescription {
        guard let importer = importers[key] else { throw .importerNotDefined(key: key.rawValue) }
        return importer
    }
}
