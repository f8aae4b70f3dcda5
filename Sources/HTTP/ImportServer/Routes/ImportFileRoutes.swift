import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// Imports from files: upload, selection, and downloads.
enum ImportFileRoutes {
    /// The most characters of an address.
    private static let longestURL = 8_192

    static let endpoints: [Endpoint] = [
        Endpoint(ImportCalls.uploadFile, access: run, budget: .imports) { call, _ in
            try await call.naming("uploadImportFile") {
                try await FileReceiver(engine: call.services.engine).receive(
                    call.request, by: try call.caller.user.id)
            }
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.downloadFile, access: run, budget: .imports) { call, input in
            let body = try await input.body()
            let (url, key) = (body.fileUrl, ImporterKey(body.importerKey))
            guard url.utf8.count <= longestURL else {
                throw APIFailure.invalidBody(["must NOT have more than \(longestURL) characters"])
            }
            try await call.naming("downloadImportFile") {
                try call.services.engine.importFiles.requireReader(key)
                // Anything else would be a path on the server, which an import must not read.
                guard ["http://", "https://"].contains(where: url.lowercased().hasPrefix) else {
                    throw APIFailure.coded(url, "error-import-file-missing", details: "downloadPublicImportFile")
                }
                try await call.services.engine.importFiles.fetch(
                    from: url, importer: key, by: try call.caller.user.id)
            }
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.fileData, access: run, budget: .imports) { call, input in
            _ = try input.query
            return try await call.naming("getImportFileData") {
                let state: FilePreview
                do {
                    state = try await preview(call)
                } catch ImportError.fileNotImported(let failure) {
                    throw APIFailure.coded(
                        "Invalid Import Operation", "error-import-operation-invalid", details: "getImportFileData"
                    ).reporting(failure)
                }
                guard case .selection(let operation) = state else { return Reply(.waiting) }
                let engine = call.services.engine
                return Reply(
                    written: SelectionWriter(
                        engine: engine, operation: operation,
                        importer: try engine.operations.importer(operation.importerKey),
                        reservation: try await call.services.responseMemory.reserve(
                            SelectionWriter.heldBytes, for: try call.caller.user.id)
                    ).response)
            }
        },
        Endpoint(ImportCalls.start, access: run, budget: .imports) { call, _ in
            var bytes: [UInt8] = []
            for try await chunk in try BodyChunks(call.request, limit: StartBodyParser.largestBytes) {
                bytes.append(contentsOf: chunk)
            }
            let selection = try StartBodyParser(bytes).selection
            try await call.naming("startImport") {
                try await call.services.engine.operations.start(selection, by: try call.caller.user.id)
            }
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.downloadPendingFiles, access: run, budget: .imports) { call, input in
            _ = try await input.body()
            return Reply(
                PendingResponse(
                    count: try await call.services.engine.downloads.enqueueFiles(by: try call.caller.user.id)))
        },
        Endpoint(ImportCalls.downloadPendingAvatars, access: run, budget: .imports) { call, input in
            _ = try await input.body()
            return Reply(
                PendingResponse(
                    count: try await call.services.engine.downloads.enqueueAvatars(by: try call.caller.user.id)))
        },
        Endpoint(ImportCalls.findings, access: run, budget: .imports) { call, input in
            let page = try await Page(input.query, settings: call.services.settings)
            return try await call.list { bytes in
                let (findings, counts) = try await call.services.engine.operations.findings(
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

    /// The content of the file; the call that starts reading waits for a small one.
    private static func preview(_ call: Endpoint.Call) async throws -> FilePreview {
        let engine = call.services.engine
        let beginsReading = try await engine.operations.current()?.phase == .received
        var preview = try await engine.importFiles.preview()
        guard beginsReading else { return preview }
        let clock = ContinuousClock()
        let end = clock.now + call.services.previewPatience
        while case .waiting = preview, clock.now < end {
            try await clock.sleep(for: .milliseconds(50))
            preview = try await engine.importFiles.preview()
        }
        return preview
    }
}
