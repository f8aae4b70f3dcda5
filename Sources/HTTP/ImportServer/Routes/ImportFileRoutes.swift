import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// Imports from files: receiving them, choosing what is in them, and fetching what they point to.
enum ImportFileRoutes {
    /// The most characters of an address.
    private static let longestURL = 8_192

    static let endpoints: [Endpoint] = [
        Endpoint(.post, "/api/v1/uploadImportFile", access: run, budget: .imports) { call in
            try await call.naming("uploadImportFile") {
                try await FileReceiver(engine: call.services.engine).receive(
                    call.request, by: try call.caller.user.id)
            }
            return JSONAnswer.response(SuccessAnswer())
        },
        Endpoint(.post, "/api/v1/downloadPublicImportFile", access: run, budget: .imports) { call in
            let fields = try await BodyFields(call.request, required: ["fileUrl", "importerKey"])
            let (url, key) = (try fields.requiredText("fileUrl"), try fields.requiredText("importerKey"))
            guard url.utf8.count <= longestURL else {
                throw APIFailure.invalidBody(["must NOT have more than \(longestURL) characters"])
            }
            try await call.naming("downloadImportFile") {
                try call.services.engine.requireReader(ImporterKey(key))
                // Anything else would be a path on the server, which nobody may read through an import.
                guard ["http://", "https://"].contains(where: url.lowercased().hasPrefix) else {
                    throw APIFailure.coded(url, "error-import-file-missing", details: "downloadPublicImportFile")
                }
                try await call.services.engine.fetchFile(
                    from: url, importer: ImporterKey(key), by: try call.caller.user.id)
            }
            return JSONAnswer.response(SuccessAnswer())
        },
        Endpoint(.get, "/api/v1/getImportFileData", access: run, budget: .imports) { call in
            _ = try QueryFields(call.request, names: [])
            return try await call.naming("getImportFileData") {
                let state: FilePreview
                do {
                    state = try await preview(call)
                } catch ImportError.fileNotImported(let failure) {
                    throw APIFailure.coded(
                        "Invalid Import Operation", "error-import-operation-invalid", details: "getImportFileData"
                    ).reporting(failure)
                }
                guard case .selection(let operation) = state else { return JSONAnswer.response(WaitingAnswer()) }
                let engine = call.services.engine
                return SelectionAnswer(
                    engine: engine, operation: operation, importer: try engine.importer(operation.importerKey),
                    reservation: try await call.services.responseMemory.reserve(
                        SelectionAnswer.heldBytes, for: try call.caller.user.id)
                ).response
            }
        },
        Endpoint(.post, "/api/v1/startImport", access: run, budget: .imports) { call in
            var bytes: [UInt8] = []
            for try await chunk in try BodyChunks(call.request, limit: StartBody.largestBytes) {
                bytes.append(contentsOf: chunk)
            }
            let selection = try StartBody(bytes).selection
            try await call.naming("startImport") {
                try await call.services.engine.startImport(of: selection, by: try call.caller.user.id)
            }
            return JSONAnswer.response(SuccessAnswer())
        },
        Endpoint(.post, "/api/v1/downloadPendingFiles", access: run, budget: .imports) { call in
            _ = try await BodyFields(call.request, required: [])
            return JSONAnswer.response(
                PendingAnswer(
                    count: try await call.services.engine.fetchPendingFiles(by: try call.caller.user.id)))
        },
        Endpoint(.post, "/api/v1/downloadPendingAvatars", access: run, budget: .imports) { call in
            _ = try await BodyFields(call.request, required: [])
            return JSONAnswer.response(
                PendingAnswer(
                    count: try await call.services.engine.fetchPendingAvatars(by: try call.caller.user.id)))
        },
        Endpoint(.get, "/api/v1/import.findings", access: run, budget: .imports) { call in
            let query = try QueryFields(call.request, names: Page.names)
            let page = try await Page(query, settings: call.services.settings)
            return try await call.list("findings") { bytes in
                let (findings, counts) = try await call.services.engine.findings(
                    offset: page.offset, limit: page.limit, bytes: bytes)
                return ListPage(
                    items: findings, offset: page.offset,
                    total: counts.reduce(0) { $0 + min($1.findings, ImportEngine.findingsPerCode) },
                    fields: ["totals": counts.map { FindingTotalBody($0) }])
            } body: {
                FindingBody($0)
            }
        },
    ]

    private static let run = Endpoint.Access.holders([.runImport])

    /// What is known of the file; a small one is read while the call that began to read it waits.
    private static func preview(_ call: Endpoint.Call) async throws -> FilePreview {
        let engine = call.services.engine
        let beginsReading = try await engine.currentOperation()?.phase == .received
        var preview = try await engine.preview()
        guard beginsReading else { return preview }
        let clock = ContinuousClock()
        let end = clock.now + call.services.previewPatience
        while case .waiting = preview, clock.now < end {
            try await clock.sleep(for: .milliseconds(50))
            preview = try await engine.preview()
        }
        return preview
    }
}
