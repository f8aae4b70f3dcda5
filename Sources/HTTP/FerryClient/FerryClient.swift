import Foundation
public import ImportAPI
import NIOCore

/// A client of the import API, of Ferry or of Rocket.Chat 6.3 and later.
///
/// Each call of the API is one method. Methods throw `ServerError` if the server rejected the call or failed,
/// `TransportError` if no response of the API came back, and `CancellationError` if the task was cancelled. Reading calls, and
/// calls whose repetition changes nothing, are sent again after temporary failures; other calls only if the server certainly
/// did not process them.
///
/// A client is a value. All clients of a process share their connections, so there is nothing to close.
///
/// Source: docs/client.md.
public struct FerryClient: Sendable {
    private var exchange: Exchange

    /// A client that is not signed in, or continues a session.
    ///
    /// - Parameters:
    ///   - server: the address, such as `https://chat.example.com`; a path in it precedes that of each call.
    ///   - session: a session from an earlier sign-in.
    ///   - configuration: attempts, delays and bounds.
    ///   - clock: the clock for delays and time limits.
    /// - Throws: `TransportError` if the address is not `http` or `https`, or contains a user, a query or a fragment.
    public init(
        _ server: String, session: Session? = nil, configuration: ClientConfiguration = ClientConfiguration(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        try self.init(server, session: session, configuration: configuration, waiting: Waiting(clock: clock))
    }

    init(_ server: String, session: Session?, configuration: ClientConfiguration, waiting: Waiting) throws {
        guard let parts = URLComponents(string: server), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.user == nil, parts.password == nil, parts.query == nil,
            parts.fragment == nil
        else {
            throw TransportError(
                "connect", .cannotConnect,
                "The address of the server is invalid. Use one such as https://chat.example.com.")
        }
        exchange = Exchange(
            server: server.hasSuffix("/") ? String(server.dropLast()) : server, session: session,
            configuration: configuration, waiting: waiting)
    }

    /// The address of the server.
    public var server: String { exchange.server }

    /// The signed-in account; nil before `signIn`.
    public var session: Session? { exchange.session }

    /// Calls that read the workspace: accounts, rooms, messages, roles and settings.
    public var workspace: WorkspaceClient { WorkspaceClient(exchange: exchange) }

    // MARK: Sessions

    /// Signs in (`login`). The following calls of this client are those of the account.
    ///
    /// - Returns: the session, which `init(_:session:configuration:clock:)` continues later.
    /// - Throws: `ServerError` with status 401 for wrong credentials.
    @discardableResult
    public mutating func signIn(with credentials: Credentials) async throws -> Session {
        var body = LoginBody()
        switch credentials {
        case .password(let user, let password): (body.user, body.password) = (.string(user), .string(password))
        case .digest(let user, let sha256):
            (body.user, body.password) = (.string(user), .object(LoginBody.Digest(digest: sha256.lowercased())))
        case .token(let token): body.resume = token
        }
        var anonymous = exchange
        anonymous.session = nil
        let response: SignInResponse = try await anonymous.response(
            to: OutgoingRequest(SessionCalls.login, query: NoFields(), body: body, repetition: .always))
        let session = Session(userID: response.data.userId, token: response.data.authToken)
        exchange.session = session
        return session
    }

    /// Ends the session (`logout`).
    public mutating func signOut() async throws {
        let _: IgnoredResponse = try await exchange.response(
            to: OutgoingRequest(SessionCalls.logout, query: NoFields(), body: NoFields?.none))
        exchange.session = nil
    }

    // MARK: Imports of records

    /// Creates an operation and ends the one before it (`import.new`).
    ///
    /// If the response is lost the call is sent again; the first operation is then an empty one of the history.
    @discardableResult
    public func newImport() async throws -> OperationBody {
        let response = try await call(ImportCalls.new, repetition: .always)
        guard let operation = response.operation else {
            throw TransportError("import.new", .unexpectedResponse, "The response has no operation.", status: 200)
        }
        return operation
    }

    /// Stages the users of one request (`import.addUsers`): all of them, or none.
    ///
    /// - Throws: `ServerError` with `index` for an invalid user; `TransportError` with `isOutcomeUnknown` if the response was
    ///   lost. `stageUsers` resolves that.
    public func addUsers(_ users: [StagedUserBody]) async throws {
        try await confirm(ImportCalls.addUsers, body: AddUsersBody(users: users))
    }

    /// Stages the rooms of one request (`import.addChannels`); an addition of Ferry.
    public func addRooms(_ rooms: [StagedChannelBody]) async throws {
        try await confirm(ImportCalls.addChannels, body: AddChannelsBody(channels: rooms))
    }

    /// Stages the messages of one request (`import.addMessages`); an addition of Ferry.
    public func addMessages(_ messages: [StagedMessageBody]) async throws {
        try await confirm(ImportCalls.addMessages, body: AddMessagesBody(messages: messages))
    }

    /// Stages any number of users in batches, each once.
    ///
    /// If the response of a batch is lost, the staged count tells whether the batch is staged; only if it is not, it is sent
    /// again. A count that fits neither ends the call with an error. Nobody else may stage records at the same time. Memory
    /// holds one batch.
    ///
    /// - Parameters:
    ///   - users: read as batches are sent.
    ///   - onBatch: receives each batch that is staged. If the call fails, `total` of the last one says how many users are
    ///     staged.
    /// - Returns: how many users there were.
    /// - Throws: `ServerError`, with `index` counted from the first user; `TransportError`; what `users` and `onBatch` throw.
    @discardableResult
    public func stageUsers<Users: AsyncSequence & Sendable>(
        _ users: Users, onBatch: @Sendable (StagedBatch) async throws -> Void = { _ in }
    ) async throws -> Int where Users.Element == StagedUserBody {
        try await stage(users, by: ImportCalls.addUsers, field: "users", onBatch) { $0.users ?? $0.total }
    }

    /// Stages any number of rooms in batches, as `stageUsers` does; an addition of Ferry.
    @discardableResult
    public func stageRooms<Rooms: AsyncSequence & Sendable>(
        _ rooms: Rooms, onBatch: @Sendable (StagedBatch) async throws -> Void = { _ in }
    ) async throws -> Int where Rooms.Element == StagedChannelBody {
        try await stage(rooms, by: ImportCalls.addChannels, field: "channels", onBatch) { $0.channels }
    }

    /// Stages any number of messages in batches, as `stageUsers` does; an addition of Ferry.
    @discardableResult
    public func stageMessages<Messages: AsyncSequence & Sendable>(
        _ messages: Messages, onBatch: @Sendable (StagedBatch) async throws -> Void = { _ in }
    ) async throws -> Int where Messages.Element == StagedMessageBody {
        try await stage(messages, by: ImportCalls.addMessages, field: "messages", onBatch) { $0.messages }
    }

    /// Reports what an import would do (`import.check`); an addition of Ferry. Writes nothing to the workspace.
    ///
    /// The response comes when every record is checked, which may take minutes.
    ///
    /// - Parameters:
    ///   - body: the selection and the policies that the import will have; everything by default.
    ///   - query: which decisions about single records are returned as well; none by default.
    public func check(_ body: CheckBody = CheckBody(), records query: CheckQuery = CheckQuery()) async throws
        -> CheckResponse
    {
        try await exchange.response(
            to: OutgoingRequest(CheckCalls.check, query: query, body: body, repetition: .always),
            silence: exchange.configuration.checkSilence)
    }

    /// Lists staged users, rooms and contacts (`import.records`); an addition of Ferry.
    public func records(_ query: RecordQuery) async throws -> RecordListResponse {
        try await call(ImportCalls.records, query: query)
    }

    /// Starts the import of what is staged (`import.run`). The server imports in the background.
    ///
    /// - Parameters:
    ///   - selection: what is imported, an addition of Ferry; everything by default.
    ///   - policy: the treatment of conflicts, an addition of Ferry; nil for the server's defaults.
    public func run(selection: SelectionBody? = nil, policy: PolicyBody? = nil) async throws {
        // Rocket.Chat's call has no body.
        let body = selection == nil && policy == nil ? nil : RunBody(selection: selection, policy: policy)
        try await start { try OutgoingRequest(ImportCalls.run, query: NoFields(), body: body) }
    }

    /// Returns the state of the current operation (`import.status`).
    public func status() async throws -> StatusResponse { try await call(ImportCalls.status) }

    /// Removes what is staged and ends the operation (`import.clear`).
    public func clear() async throws {
        try await exchange.confirm(
            OutgoingRequest(ImportCalls.clear, query: NoFields(), body: NoFields?.none, repetition: .always))
    }

    // MARK: Imports of files

    /// Lists the importers of files (`importers.list`).
    public func importers() async throws -> [ImporterBody] { try await call(ImportCalls.importers) }

    /// Uploads an export file and creates an operation for it (`uploadImportFile`). The file is streamed.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - importerKey: a key of `importers()`.
    ///   - form: how the file is sent.
    /// - Throws: `TransportError` with `isOutcomeUnknown` if the response was lost; what the file's content throws.
    public func upload(_ file: UploadFile, importerKey: String, form: UploadForm = .base64) async throws {
        try await exchange.confirm(.upload(file, importerKey: importerKey, form: form))
    }

    /// Lets the server fetch an export file from a URL (`downloadPublicImportFile`).
    public func download(from fileURL: String, importerKey: String) async throws {
        try await confirm(
            ImportCalls.downloadFile, body: DownloadBody(fileUrl: fileURL, importerKey: importerKey))
    }

    /// Starts reading the file, and returns what is in it once it is read (`getImportFileData`).
    public func fileData() async throws -> FileDataResponse { try await call(ImportCalls.fileData) }

    /// Waits until the file is read, and returns what is in it.
    ///
    /// - Throws: `ServerError` with the reason if the file cannot be read.
    public func waitForFileData() async throws -> FileDataResponse.Selection {
        while true {
            switch try await fileData() {
            case .selection(let selection): return selection
            case .waiting: try await exchange.waiting.pause(exchange.configuration.pollDelay)
            }
        }
    }

    /// Starts the import of a selection (`startImport`).
    ///
    /// - Parameters:
    ///   - input: what is selected of each type; of a type that is absent, nothing.
    ///   - policy: the treatment of conflicts, an addition of Ferry; nil for the server's defaults.
    public func startImport(_ input: StartBody.Input, policy: PolicyBody? = nil) async throws {
        try await start {
            try OutgoingRequest(ImportCalls.start, query: NoFields(), body: StartBody(input: input, policy: policy))
        }
    }

    /// Starts the import of a selection by rules (`startImport`); an addition of Ferry.
    ///
    /// - Parameters:
    ///   - selection: what is selected of each type; of a type that is absent, everything.
    ///   - policy: the treatment of conflicts; nil for the server's defaults.
    public func startImport(selection: SelectionBody, policy: PolicyBody? = nil) async throws {
        try await start {
            try OutgoingRequest(
                ImportCalls.start, query: NoFields(), body: StartBody(selection: selection, policy: policy))
        }
    }

    /// Lists what an importer noticed (`import.findings`); an addition of Ferry.
    public func findings(_ query: FindingQuery = FindingQuery()) async throws -> FindingListResponse {
        try await call(ImportCalls.findings, query: query)
    }

    /// Returns the current operation (`getCurrentImportOperation`); nil if there never was one.
    public func currentOperation() async throws -> OperationBody? {
        try await call(ImportCalls.currentOperation).operation
    }

    /// Returns the counts of the current operation (`getImportProgress`).
    public func currentProgress() async throws -> ProgressResponse { try await call(ImportCalls.progress) }

    /// Lists the latest operations (`getLatestImportOperations`).
    public func latestOperations() async throws -> [OperationBody] { try await call(ImportCalls.latestOperations) }

    // MARK: Progress

    /// The progress of an operation, until it has ended.
    ///
    /// Reports come from `import.events`. After an interruption the client connects again. Where the server has no events, as
    /// Rocket.Chat, it polls `import.status`; then `counts` is empty. A consumer that is slow misses reports in between, never
    /// the last one. The sequence of an operation that was not started waits until it is.
    ///
    /// - Parameter operationID: the operation; by default the current one at the first report. Polls see the current
    ///   operation only.
    /// - Returns: a sequence that throws `ServerError` and `TransportError`. Cancelling its task ends it.
    public func progress(
        of operationID: String? = nil
    ) -> some AsyncSequence<ProgressEventBody, any Error> & Sendable {
        let watch = ProgressWatch(exchange: exchange, operationID: operationID)
        return AsyncThrowingStream<ProgressEventBody, any Error>(bufferingPolicy: .bufferingNewest(1)) { stream in
            let task = Task {
                do {
                    try await watch.run { _ = stream.yield($0) }
                    stream.finish()
                } catch {
                    stream.finish(throwing: error)
                }
            }
            stream.onTermination = { _ in task.cancel() }
        }
    }

    /// Waits until an operation is in one of these states; by default until it has ended.
    ///
    /// - Parameters:
    ///   - operationID: the operation; by default the current one.
    ///   - states: the states to wait for, beside those in which an operation has ended.
    ///   - onProgress: receives each report.
    /// - Returns: the last report.
    /// - Throws: `ServerError`, `TransportError`, `CancellationError`.
    @discardableResult
    public func waitUntilEnded(
        _ operationID: String? = nil, or states: Set<ImportState> = [],
        onProgress: @Sendable (ProgressEventBody) -> Void = { _ in }
    ) async throws -> ProgressEventBody {
        var last: ProgressEventBody?
        for try await report in progress(of: operationID) {
            onProgress(report)
            last = report
            if let state = ImportState(rawValue: report.state), states.contains(state) { break }
        }
        try Task.checkCancellation()
        guard let last else {
            throw TransportError("import.events", .unexpectedResponse, "The server reported no progress.")
        }
        return last
    }

    // MARK: Control, repair, undo

    /// Stops the import, or downloads, until it is resumed (`import.pause`); an addition of Ferry.
    public func pause(_ body: ControlBody = ControlBody()) async throws -> ControlResponse {
        try await call(ImportCalls.pause, body: body, repetition: .always)
    }

    /// Continues a paused import or paused downloads (`import.resume`); an addition of Ferry.
    public func resume(_ body: ControlBody = ControlBody()) async throws -> ControlResponse {
        try await call(ImportCalls.resume, body: body, repetition: .always)
    }

    /// Ends the import, or downloads, and keeps what is staged (`import.cancel`); an addition of Ferry.
    public func cancel(_ body: ControlBody = ControlBody()) async throws -> ControlResponse {
        try await call(ImportCalls.cancel, body: body, repetition: .always)
    }

    /// Lists failed records (`import.failures`); an addition of Ferry.
    public func failures(_ query: FailureQuery = FailureQuery()) async throws -> FailureListResponse {
        try await call(ImportCalls.failures, query: query)
    }

    /// The form of a file of failed records.
    public enum FailureFileFormat: String, Sendable {
        /// A record a line.
        case jsonl
        /// A table.
        case csv
    }

    /// Downloads all failed records as a file (`import.failures`); an addition of Ferry. `retry(from:as:)` takes it back.
    ///
    /// - Parameters:
    ///   - query: which records; its page and format are ignored.
    ///   - format: the form of the file.
    ///   - write: receives each chunk; the next one is read when it has returned.
    /// - Throws: what `write` throws, too. Part of the file may have been written.
    public func failures(
        _ query: FailureQuery = FailureQuery(), as format: FailureFileFormat,
        write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        var query = query
        (query.offset, query.count, query.format) = (nil, nil, format.rawValue)
        try await exchange.transfer(
            OutgoingRequest(ImportCalls.failures, query: query, body: NoFields?.none), write: write)
    }

    /// Tries failed records again (`import.retry`); an addition of Ferry. Every failed record by default.
    public func retry(_ body: RetryBody = RetryBody()) async throws -> RetryResponse {
        try await call(ImportCalls.retry, query: RetryQuery(), body: body)
    }

    /// Tries failed records again, with corrections from a file (`import.retry`); an addition of Ferry. The file is streamed.
    ///
    /// - Parameters:
    ///   - file: the corrections.
    ///   - format: the form of the file.
    ///   - operationID: the operation; the current one by default.
    public func retry(
        from file: UploadFile, as format: FailureFileFormat, operationID: String? = nil
    ) async throws -> RetryResponse {
        var query = RetryQuery()
        query.operationId = operationID
        var request = try OutgoingRequest(
            ImportCalls.retry, query: query, body: RetryBody?.none,
            repetition: file.isRepeatable ? .ifNotProcessed : .never)
        request.content = .stream(
            type: format == .csv ? "text/csv" : "application/x-ndjson", length: file.size
        ) { activity in
            UploadContent(head: "", chunks: file.chunks(), isBase64: false, tail: "", activity: activity)
        }
        return try await exchange.response(to: request)
    }

    /// Undoes an import, or returns what that would do (`import.undo`); an addition of Ferry.
    public func undo(_ body: UndoBody = UndoBody()) async throws -> UndoResponse {
        try await exchange.response(
            to: OutgoingRequest(UndoCalls.undo, query: NoFields(), body: body, repetition: .always),
            silence: body.dryRun == true ? exchange.configuration.checkSilence : nil)
    }

    /// Lists what an undo kept, and why (`import.undo.kept`); an addition of Ferry.
    public func kept(_ query: KeptQuery = KeptQuery()) async throws -> ListResponse<KeptBody> {
        try await call(UndoCalls.kept, query: query)
    }

    // MARK: Downloads of avatars and files

    /// Queues the files that messages link to (`downloadPendingFiles`).
    ///
    /// Rocket.Chat creates an operation for them and discards what is staged.
    /// - Returns: how many are to be fetched.
    public func downloadPendingFiles() async throws -> Int { try await call(ImportCalls.downloadPendingFiles).count }

    /// Queues the avatars that accounts link to (`downloadPendingAvatars`).
    ///
    /// Rocket.Chat creates an operation for them and discards what is staged.
    /// - Returns: how many are to be fetched.
    public func downloadPendingAvatars() async throws -> Int {
        try await call(ImportCalls.downloadPendingAvatars).count
    }

    /// Lists avatars and files of messages (`import.downloads`); an addition of Ferry.
    public func downloads(_ query: DownloadQuery = DownloadQuery()) async throws -> DownloadListResponse {
        try await call(DownloadCalls.list, query: query)
    }

    /// Queues downloads again (`import.downloads.retry`); an addition of Ferry. All that failed by default.
    ///
    /// - Returns: how many.
    public func retryDownloads(_ body: DownloadChoiceBody = DownloadChoiceBody()) async throws -> Int {
        try await call(DownloadCalls.retry, body: body).count
    }

    /// Gives up downloads (`import.downloads.skip`); an addition of Ferry. All that failed by default.
    ///
    /// - Returns: how many.
    public func skipDownloads(_ body: DownloadChoiceBody = DownloadChoiceBody()) async throws -> Int {
        try await call(DownloadCalls.skip, body: body).count
    }

    // MARK: History

    /// Lists all operations (`import.history`); an addition of Ferry.
    public func history(_ query: PageQuery = PageQuery()) async throws -> ListResponse<HistoryBody> {
        try await call(HistoryCalls.list, query: query)
    }

    /// Returns every number of an operation (`import.report`); an addition of Ferry.
    ///
    /// - Parameter operationID: the operation; the current one by default.
    public func report(of operationID: String? = nil) async throws -> ReportResponse {
        var query = ReportQuery()
        query.operationId = operationID
        return try await call(HistoryCalls.report, query: query)
    }

    /// The form of a report for people.
    public enum ReportFormat: String, Sendable {
        /// Markdown.
        case markdown
        /// One table.
        case csv
    }

    /// Returns the report about an operation as text (`import.report`); an addition of Ferry.
    public func report(of operationID: String? = nil, as format: ReportFormat) async throws -> String {
        var query = ReportQuery()
        (query.operationId, query.format) = (operationID, format.rawValue)
        let limit = exchange.configuration.responseBytes
        return try await exchange.perform(OutgoingRequest(HistoryCalls.report, query: query, body: NoFields?.none)) {
            String(decoding: try await $0.bytes(limit: limit), as: UTF8.self)
        }
    }

    /// Removes an ended operation from the history (`import.delete`); an addition of Ferry.
    ///
    /// - Returns: what stays and what is gone, as a sentence.
    @discardableResult
    public func delete(operationID: String) async throws -> String {
        try await call(HistoryCalls.delete, body: DeleteBody(operationId: operationID)).message
    }

    // MARK: -

    private func call<Query, Body, Response: Decodable & Sendable>(
        _ call: APICall<Query, Body, Response>, query: Query, body: Body? = nil,
        repetition: OutgoingRequest.Repetition? = nil
    ) async throws -> Response {
        try await exchange.response(
            to: OutgoingRequest(call, query: query, body: body, repetition: repetition))
    }

    private func call<Body, Response: Decodable & Sendable>(
        _ call: APICall<NoFields, Body, Response>, body: Body? = nil, repetition: OutgoingRequest.Repetition? = nil
    ) async throws -> Response {
        try await self.call(call, query: NoFields(), body: body, repetition: repetition)
    }

    private func confirm<Body>(_ call: APICall<NoFields, Body, SuccessResponse>, body: Body) async throws {
        try await exchange.confirm(OutgoingRequest(call, query: NoFields(), body: body))
    }

    private func stage<Records: AsyncSequence & Sendable, Body>(
        _ records: Records, by call: APICall<NoFields, Body, SuccessResponse>, field: String,
        _ onBatch: @Sendable (StagedBatch) async throws -> Void, count: @escaping @Sendable (CountBody) -> Int?
    ) async throws -> Int where Records.Element: Encodable & Sendable {
        let staging = RecordStaging<Records.Element>(
            exchange: exchange, request: OutgoingRequest(call.method, call.path), field: field, count: count)
        return try await staging.stage(records, onBatch: onBatch)
    }

    /// Starts an import. If a response is lost, the state tells whether the import was started.
    private func start(_ request: () throws -> OutgoingRequest) async throws {
        let request = try request()
        var attempt = 1
        while true {
            do {
                return try await exchange.confirm(request)
            } catch {
                let isUnknown =
                    (error as? TransportError)?.isOutcomeUnknown ?? (Exchange.verdict(on: error) == .unknown)
                // After a repeated request, the first one may have started the import.
                let isStartedMeanwhile = attempt > 1 && (error as? ServerError)?.status == 400
                guard isUnknown || isStartedMeanwhile else { throw error }
                let state = ImportState(rawValue: try await status().state)
                if state == .importing || state == .done { return }
                guard state == .ready, let delay = exchange.delay(after: error, attempt: attempt) else { throw error }
                try await exchange.waiting.pause(delay)
                attempt += 1
            }
        }
    }
}

extension FerryClient: CustomStringConvertible, CustomReflectable {
    /// The server; never a secret.
    public var description: String { "a client of \(server)" }

    /// A mirror without secrets.
    public var customMirror: Mirror { Mirror(self, children: ["server": server]) }
}

/// What the client reads of `login`. Rocket.Chat omits `success`, and its accounts have other fields.
private struct SignInResponse: Decodable, Sendable {
    struct Data: Decodable, Sendable {
        var userId: String
        var authToken: String
    }

    var data: Data
}

/// A response whose fields do not matter.
private struct IgnoredResponse: Decodable, Sendable {}
