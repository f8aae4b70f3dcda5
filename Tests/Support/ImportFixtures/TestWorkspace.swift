import Composition
public import Foundation
public import ImportDomain
public import ImportEngine
import Logging
public import Passwords
import RemoteFiles
public import WorkspaceServices

/// A whole workspace in one process: store, engine and services, with a clock and ids that tests control.
///
/// The database is real, and passwords are hashed at bcrypt's minimum cost.
public struct TestWorkspace: Sendable {
    /// The clock of everything in it.
    public let clock: TestClock
    /// The source of its ids.
    public let identifiers: SequentialIdentifiers
    /// Its store and files.
    public let files: TestStore
    /// Its password threads.
    public let passwords: PasswordThreads
    /// All of these together.
    public let environment: WorkspaceEnvironment
    /// The workspace as programs build it.
    private let workspace: Workspace

    /// The first administrator's password.
    public static let password = "correct horse"

    /// One for all tests, because loading the system's certificate authorities takes longer than most of them.
    private static let fetcher = Result { try HTTPFileFetcher(resolver: SystemResolver(), clock: TestClock()) }

    /// The store.
    public var store: any Store { files.store }
    /// Its engine.
    public var engine: ImportEngine { workspace.engine }
    /// Its services for sign-in.
    public var signIn: SignInService { workspace.signIn }
    /// Its services for accounts.
    public var accounts: AccountService { workspace.accounts }
    /// Its services for roles.
    public var roles: RoleService { workspace.roles }
    /// Its services for settings.
    public var settings: SettingService { workspace.settings }
    /// Wakes its workers.
    public var workSignal: WorkSignal { workspace.workSignal }

    /// Runs a test in a new workspace and removes it afterwards.
    public static func with<Result>(
        _ kind: StoreKind = .current, _ test: (TestWorkspace) async throws -> Result
    ) async throws -> Result {
        let workspace = try await TestWorkspace(kind)
        do {
            let result = try await test(workspace)
            try await workspace.remove()
            return result
        } catch {
            try await workspace.remove()
            throw error
        }
    }

    private init(_ kind: StoreKind) async throws {
        let clock = TestClock()
        try self.init(
            over: try await TestStore.open(kind, clock: clock), clock: clock, identifiers: SequentialIdentifiers())
        _ = try await Bootstrap(environment)
            .run(administrator: .init(email: "admin@example.com", password: Self.password))
    }

    /// A workspace over an existing store, which the caller removes.
    public init(over files: TestStore, clock: TestClock, identifiers: SequentialIdentifiers) throws {
        self.files = files
        self.clock = clock
        self.identifiers = identifiers
        passwords = try PasswordThreads(cost: 4)
        environment = WorkspaceEnvironment(
            store: files.store, files: files.files, clock: clock, identifiers: identifiers, passwords: passwords
        ) { [directory = files.directory.path] in try await TestStore.openScratch(in: directory, clock: clock) }
        workspace = Workspace(environment, fetcher: try Self.fetcher.get())
    }

    private func remove() async throws {
        await passwords.close()
        try await files.remove()
    }

    /// The first administrator, signed in.
    public func administrator() async throws -> Caller {
        let signedIn = try await signIn.signIn(.username("admin"), password: .plain(Self.password), from: "local")
        guard let caller = try await signIn.authenticate(userID: signedIn.user.id.rawValue, token: signedIn.token)
        else { throw WorkspaceError.invalidCredentials }
        return caller
    }

    /// A worker that tests step.
    public func worker(_ configuration: WorkerConfiguration = WorkerConfiguration()) -> ImportWorker {
        ImportWorker(
            engine: engine, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A new operation with these users staged.
    @discardableResult
    public func stage(_ users: [StagedUser]) async throws -> ImportOperation {
        let operation = try await engine.operations.create(by: UserID("nobody"))
        try await add(users)
        return operation
    }

    /// Stages users in the current operation.
    public func add(_ users: [StagedUser]) async throws {
        try await engine.staging.addUsers(from: Chunks(StagedUser.body(users)), format: .json)
    }

    /// Starts the current operation and works until it is done.
    public func runToTheEnd(_ worker: ImportWorker? = nil, policies: ImportPolicies = .ofCalls) async throws {
        try await engine.operations.run(policies: policies, by: UserID("nobody"))
        try await finish(worker)
    }

    /// Works until the operation is done.
    public func finish(_ worker: ImportWorker? = nil) async throws {
        let worker = worker ?? self.worker()
        // A worker waits while files are extracted from the export.
        let files = try filePreparation()
        var didWork = true
        while didWork {
            didWork = try await worker.step()
            if !didWork { didWork = try await files.step() }
        }
    }

    /// Stages users, imports them and returns the ended operation.
    @discardableResult
    public func importing(
        _ users: [StagedUser], policies: ImportPolicies = .ofCalls
    ) async throws -> ImportOperation {
        try await stage(users)
        try await runToTheEnd(policies: policies)
        return try await current()
    }

    /// A worker that reads uploaded and fetched files.
    public func filePreparation(
        _ configuration: WorkerConfiguration = WorkerConfiguration()
    ) throws -> FilePreparation {
        FilePreparation(
            engine: engine, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A worker that fetches files of messages and avatars.
    public func downloadWorker(limits: DownloadWorker.Limits) throws -> DownloadWorker {
        DownloadWorker(
            engine: engine, limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Uploads a file, reads it and waits for the selection.
    @discardableResult
    public func read(_ file: URL, importer: String) async throws -> ImportOperation {
        try await read([UInt8](Data(contentsOf: file)), named: file.lastPathComponent, importer: importer)
    }

    /// Uploads a file of these bytes, reads it and waits for the selection.
    @discardableResult
    public func read(_ bytes: [UInt8], named name: String, importer: String) async throws -> ImportOperation {
        let upload = try await engine.importFiles.beginUpload()
        try await upload.write(bytes)
        try await engine.importFiles.accept(
            upload, named: name, contentType: nil, importer: ImporterKey(importer),
            by: UserID("nobody"))
        _ = try await engine.importFiles.preview()
        while try await filePreparation().step() {}
        return try await current()
    }

    /// Imports a selection of the read file.
    @discardableResult
    public func importFile(
        _ selection: ImportSelection = .everything, policies: ImportPolicies = .ofFiles
    ) async throws -> ImportOperation {
        try await engine.operations.start(selection, policies: policies, by: UserID("nobody"))
        try await finish()
        return try await current()
    }

    /// The current operation.
    public func current() async throws -> ImportOperation {
        guard let operation = try await engine.operations.current() else {
            throw ImportError.rejected(ImportRejection(.operationNotFound))
        }
        return operation
    }

    /// The account with this username; nil if there is none.
    public func user(_ username: String) async throws -> User? {
        try await store.read { try $0.users.find(usernameKey: CaseFolding.key(username)) }
    }

    /// The failed records of the current operation.
    public func failures() async throws -> [FailedRecord] {
        try await engine.failures.page(offset: 0, limit: 10_000).records
    }
}
