public import ImportDomain

/// The imports of a workspace: its importers, and the use cases over one store.
///
/// It speaks the domain's words only; servers and commands translate.
public struct ImportEngine: Sendable {
    let environment: WorkspaceEnvironment
    let readers: [ImporterKey: any Importer]
    let fetcher: any RemoteFileFetcher
    let workSignal: WorkSignal

    /// Creates, starts, clears and reports operations.
    public let operations: ImportOperations
    /// Reads the history of operations, and deletes them.
    public let history: ImportHistory
    /// Pauses, resumes and cancels imports and downloads.
    public let controls: ImportControls
    /// Tells what an import would do.
    public let checks: ImportChecks
    /// Undoes imports.
    public let undos: ImportUndos
    /// Adds records of request bodies to the current operation.
    public let staging: StageRecords
    /// Lists failed records.
    public let failures: ImportFailures
    /// Tries failed records again.
    public let retries: RetryRecords
    /// Receives and fetches the files of operations.
    public let importFiles: ImportFiles
    /// Lists the records of the current operation that administrators choose from.
    public let selectable: SelectableRecords
    /// Finds staged records of the current operation.
    public let stagedRecords: StagedRecordLists
    /// Queues avatars and files of messages.
    public let downloads: PendingDownloads

    /// The importers that administrators may choose from.
    public let listedImporters: [ImporterDescription]

    /// How many findings of one severity and code are kept; beyond that they are only counted.
    public static let findingsPerCode = 1_000

    /// Creates the engine of a workspace.
    ///
    /// - Parameters:
    ///   - importers: every importer of this workspace besides the API, in the order of the list that clients see.
    ///   - fetcher: fetches files from addresses.
    ///   - workSignal: wakes workers of this process when there is work.
    public init(
        _ environment: WorkspaceEnvironment, importers: [any Importer], fetcher: any RemoteFileFetcher,
        workSignal: WorkSignal
    ) {
        self.environment = environment
        self.fetcher = fetcher
        self.workSignal = workSignal
        let descriptions = importers.map(\.description)
        readers = Dictionary(uniqueKeysWithValues: importers.map { ($0.description.key, $0) })
        listedImporters = descriptions.filter(\.isListed)

        let rules = SelectionRules(store: environment.store, index: RecordIndex(environment.store))
        operations = ImportOperations(
            environment, importers: ImporterDescription.builtIn + descriptions, rules: rules, workSignal: workSignal)
        history = ImportHistory(environment, operations: operations)
        controls = ImportControls(environment, workSignal: workSignal)
        checks = ImportChecks(environment, importers: operations.importers, rules: rules)
        undos = ImportUndos(environment, workSignal: workSignal)
        staging = StageRecords(environment)
        failures = ImportFailures(environment.store)
        retries = RetryRecords(environment, workSignal: workSignal)
        importFiles = ImportFiles(
            environment, operations: operations, readers: Set(readers.keys), fetcher: fetcher, workSignal: workSignal)
        selectable = SelectableRecords(environment.store)
        stagedRecords = StagedRecordLists(environment.store, index: rules.index)
        downloads = PendingDownloads(environment, workSignal: workSignal)
    }

    var store: any Store { environment.store }
    var files: any FileStore { environment.files }
    var clock: any WallClock { environment.clock }
}
