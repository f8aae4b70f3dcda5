import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ImportDomain
import ImportEngine
import ImportFixtures
import ImportServer
import JSON
import Logging
import Testing
import WorkspaceServices

@Suite("Given a directory of files that cannot be used")
struct FilesOutageTests {
    /// Fails everything with one code.
    private struct Refusing: FileStore {
        let code: FileStoreError.Code

        private var error: FileStoreError { FileStoreError(code, message: "The file system refused.") }

        func begin(_ key: FileKey) async throws(FileStoreError) -> any FileWriter { throw error }
        func adopt(_ path: String, as key: FileKey) async throws(FileStoreError) -> Int64 { throw error }
        func read(_ key: FileKey, range: Range<Int64>?) async throws(FileStoreError) -> FileChunks { throw error }
        func size(of key: FileKey) async throws(FileStoreError) -> Int64 { throw error }
        func remove(_ key: FileKey) async throws(FileStoreError) -> Bool { throw error }
        func path(of key: FileKey) -> String { "/nowhere" }
        func temporaryPath() async throws(FileStoreError) -> String { throw error }
        func requireWritable() async throws(FileStoreError) { throw error }
        func removeLeftovers(olderThan age: Duration) async throws(FileStoreError) -> Int { throw error }
    }

    /// An importer that reads nothing.
    private struct Reader: Importer {
        let description = ImporterDescription(key: ImporterKey("test"), name: "Test", isListed: true)

        func read(_ file: ImportFile, into output: any ImportOutput) throws {}
    }

    @Test(arguments: [
        (FileStoreError.Code.refused, 503, "error-storage-unavailable"), (.failed, 503, "error-storage-unavailable"),
        (.diskFull, 507, "error-storage-full"),
    ])
    func `when a file is uploaded, then the response gives a reason in words and the operation stays as it was`(
        code: FileStoreError.Code, status: Int, errorType: String
    ) async throws {
        let body = #"{"importerKey":"test","contentType":"text/csv","fileName":"a.csv","binaryContent":"YQ=="}"#
        try await TestWorkspace.with(.sqlite) { workspace in
            let environment = WorkspaceEnvironment(
                store: workspace.store, files: Refusing(code: code), clock: workspace.clock,
                identifiers: workspace.identifiers, passwords: workspace.passwords,
                openScratch: workspace.environment.openScratch)
            let engine = ImportEngine(
                environment, importers: [Reader()], fetcher: Offline(), workSignal: workspace.workSignal)
            let services = ServerServices(
                engine: engine, signIn: workspace.signIn, accounts: workspace.accounts, roles: workspace.roles,
                settings: workspace.settings, environment: environment,
                site: .init(rootURL: "http://ferry.test", version: "1.2.3"), readiness: { nil }, metrics: { "" })
            let application = Application(
                responder: ServerRouter(services: services).router().buildResponder(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let signedIn = try await workspace.signIn.signIn(
                .username("admin"), password: .plain(TestWorkspace.password), from: "local")
            var headers: HTTPFields = [.contentType: "application/json"]
            headers[try #require(HTTPField.Name("X-User-Id"))] = signedIn.user.id.rawValue
            headers[try #require(HTTPField.Name("X-Auth-Token"))] = signedIn.token

            let answer = try await application.test(.router) { [headers] client in
                try await TestServer.call(
                    .post, "/api/v1/uploadImportFile", bytes: Array(body.utf8), headers: headers, of: client)
            }

            #expect(answer.status == status)
            #expect(answer.json["errorType"] == .string(errorType))
            #expect(answer.json["error"]?.text?.contains("nothing was stored") == true)
            let operation = try await workspace.engine.operations.current()
            #expect(operation == nil)
        }
    }
}
