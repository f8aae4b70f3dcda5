import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import JSON
import Logging
import WorkspaceServices

/// `import.*` and their relatives.
enum ImportRoutes {
    /// The most bytes of one JSON body of records; a body of lines may have any length.
    static let largestBodyBytes = 100 << 20

    static let endpoints: [Endpoint] = [
        Endpoint(ImportCalls.new, access: .importers, budget: .imports) { call, _ in
            do {
                let operation = try await call.services.engine.operations.create(by: call.caller.user.id)
                return Reply(OperationResponse(operation: call.body(operation)))
            } catch let error as StoreError where !error.isTemporary {
                call.context.logger.error("No operation could be created.", metadata: ["error": "\(error)"])
                throw APIFailure.plain("failed to create import operation")
            }
        },
        stage(ImportCalls.addUsers) { try await $0.addUsers(from: $1, format: $2) },
        stage(ImportCalls.addChannels) { try await $0.addRooms(from: $1, format: $2) },
        stage(ImportCalls.addMessages) { try await $0.addMessages(from: $1, format: $2) },
        Endpoint(ImportCalls.run, access: .importers, budget: .imports) { call, _ in
            let body = try StartBodyParser.run(await BodyFields.bytes(of: call.request))
            try call.requirePermissions(for: body.policies)
            try await call.services.engine.operations.run(
                body.selection, policies: body.policies, by: call.caller.user.id)
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.status, access: .importers, budget: .imports) { call, _ in
            let operation = try await call.services.engine.operations.current()
            let undo = try await call.services.engine.undos.current()
            return Reply(
                StatusResponse(
                    state: ImportState(operation?.lifecycle).rawValue,
                    control: operation?.lifecycle.control.wireName,
                    undone: operation?.phase == .ended(.undone) ? true : nil,
                    undo: undo.map { UndoProgressBody($0.undo, of: $0.operation) },
                    operation: operation.map(call.body)))
        },
        Endpoint(ImportCalls.pause, access: .importers, budget: .imports) { call, input in
            let controls = call.services.engine.controls
            return try await reply(
                controls.pause(target(of: input.body()), by: call.caller.user.id), to: .pause, of: call)
        },
        Endpoint(ImportCalls.resume, access: .importers, budget: .imports) { call, input in
            let controls = call.services.engine.controls
            return try await reply(controls.resume(target(of: input.body())), to: .resume, of: call)
        },
        Endpoint(ImportCalls.cancel, access: .importers, budget: .imports) { call, input in
            let controls = call.services.engine.controls
            return try await reply(
                controls.cancel(target(of: input.body()), by: call.caller.user.id), to: .cancel, of: call)
        },
        Endpoint(ImportCalls.clear, access: .importers, budget: .imports) { call, _ in
            try await call.services.engine.operations.clear()
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.importers, access: .importers, budget: .imports) { call, input in
            _ = try input.query
            return Reply(
                call.services.engine.listedImporters.map { ImporterBody(key: $0.key.rawValue, name: $0.name) })
        },
        Endpoint(ImportCalls.currentOperation, access: .importers, budget: .imports) { call, input in
            _ = try input.query
            let operation = try await call.services.engine.operations.current()
            return Reply(OperationResponse(operation: operation.map(call.body)))
        },
        Endpoint(ImportCalls.progress, access: .importers, budget: .imports) { call, input in
            _ = try input.query
            let (operation, importer) = try await call.naming("getImportProgress") {
                try await call.services.engine.operations.progress()
            }
            let counts = operation.totalCounts
            return Reply(
                ProgressResponse(
                    key: importer.key.rawValue, name: importer.name, step: ImportStatus(operation.phase).rawValue,
                    control: operation.lifecycle.control.wireName,
                    count: .init(total: counts.total, completed: counts.completed, error: counts.error)))
        },
        Endpoint(
            ImportCalls.latestOperations, access: .holders([.viewImportOperations]), budget: .imports
        ) { call, input in
            _ = try input.query
            return Reply(try await call.services.engine.operations.latest().map(call.body))
        },
    ]

    private static func target(of body: ControlBody) -> ImportControls.Target {
        switch (body.downloads, body.operationId) {
        case (true?, _): .downloads
        case (_, let id?): .operation(OperationID(id))
        case (false?, nil): .import
        case (nil, nil): .current
        }
    }

    private static func reply(
        _ result: ControlledImport, to event: ImportEvent, of call: Endpoint.Call
    ) async throws -> Reply<ControlResponse> {
        if result.hasEnded, let ended = result.operation {
            call.context.logger.info("\(ImportSummary(ended))", metadata: ["operation": "\(ended.id)"])
        }
        var undo: ImportUndos.Report?
        if let operation = result.operation, operation.phase == .undoing, result.downloads == nil {
            undo = try await call.services.engine.undos.report(of: operation, hasExamples: false)
        }
        return Reply(ControlResponse(result, to: event, operation: result.operation.map(call.body), undo: undo))
    }

    /// A call whose body is staged record by record; the number of lines is not limited.
    private static func stage<Body>(
        _ call: APICall<NoFields, Body, SuccessResponse>,
        _ add: @escaping @Sendable (StageRecords, BodyChunks, RecordBodyFormat) async throws -> Void
    ) -> Endpoint {
        Endpoint(call, access: .importers, budget: .imports) { call, _ in
            let type = call.request.headers[.contentType]?.lowercased() ?? ""
            let isLines = type.hasPrefix("application/x-ndjson")
            let chunks = try BodyChunks(call.request, limit: isLines ? nil : largestBodyBytes)
            try await add(call.services.engine.staging, chunks, isLines ? .lines : .json)
            return Reply(SuccessResponse())
        }
    }
}

extension Endpoint.Call {
    fileprivate func body(_ operation: ImportOperation) -> OperationBody {
        OperationBody(operation, engine: services.engine)
    }
}
