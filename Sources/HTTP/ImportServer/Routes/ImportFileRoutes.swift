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
        Endpoint(ImportCalls.uploadFile, access: .importers, budget: .imports) { call, _ in
            try await call.naming("uploadImportFile") {
                try await FileReceiver(engine: call.services.engine).receive(
                    call.request, by: try call.caller.user.id)
            }
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.downloadFile, access: .importers, budget: .imports) { call, input in
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
        Endpoint(ImportCalls.fileData, access: .importers, budget: .imports) { call, input in
            _ = try input.query
            return try await call.naming("getImportFileData") {
                let engine = call.services.engine
                let state: FilePreview
                do {
                    state = try await engine.importFiles.preview(patience: call.services.previewPatience)
                } catch ImportError.rejected(let rejection) where rejection.reason != .operationNotFound {
                    throw APIFailure.coded(
                        "Invalid Import Operation", "error-import-operation-invalid", details: "getImportFileData"
                    ).explaining(rejection)
                }
                let operation: ImportOperation
                switch state {
                case .waiting(let control): return Reply(.waiting(control: control.wireName))
                case .selection(let found): operation = found
                }
                return Reply(
                    written: SelectionWriter(
                        engine: engine, operation: operation,
                        importer: try engine.operations.importer(operation.importerKey),
                        reservation: try await call.services.responseMemory.reserve(
                            SelectionWriter.heldBytes, for: try call.caller.user.id),
                        logger: call.context.logger
                    ).response)
            }
        },
        Endpoint(ImportCalls.start, access: .importers, budget: .imports) { call, _ in
            var bytes: [UInt8] = []
            for try await chunk in try BodyChunks(call.request, limit: StartBodyParser.largestBytes) {
                bytes.append(contentsOf: chunk)
            }
            let body = try StartBodyParser(bytes)
            try call.requirePermissions(for: body.policies)
            try await call.naming("startImport") {
                try await call.services.engine.operations.start(
                    body.selection, policies: body.policies, by: try call.caller.user.id)
            }
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.downloadPendingFiles, access: .importers, budget: .imports) { call, input in
            _ = try await input.body()
            return Reply(
                PendingResponse(
                    count: try await call.services.engine.downloads.enqueueFiles(by: try call.caller.user.id)))
        },
        Endpoint(ImportCalls.downloadPendingAvatars, access: .importers, budget: .imports) { call, input in
            _ = try await input.body()
            return Reply(
                PendingResponse(
                    count: try await call.services.engine.downloads.enqueueAvatars(by: try call.caller.user.id)))
        },
        Endpoint(ImportCalls.findings, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            return try await call.list(query) { page in
                let (findings, counts) = try await call.services.engine.history.findings(
                    of: query.operationId.map { OperationID($0) }, offset: page.offset, limit: page.limit,
                    bytes: page.bytes)
                return ListPage(
                    items: findings,
                    total: counts.reduce(0) { $0 + min($1.findings, ImportEngine.findingsPerCode) },
                    fields: ["totals": counts.map { FindingTotalBody($0) }])
            } body: {
                FindingBody($0)
            }
        },
    ]
}
