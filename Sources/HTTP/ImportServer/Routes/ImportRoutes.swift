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
        Endpoint(ImportCalls.new, access: run, budget: .imports) { call, _ in
            do {
                let operation = try await call.services.engine.operations.create(by: call.caller.user.id)
                return Reply(OperationResponse(operation: call.body(operation)))
            } catch let error as StoreError where !error.isTemporary {
                call.context.logger.error("No operation could be created.", metadata: ["error": "\(error)"])
                throw APIFailure.plain("failed to create import operation")
            }
        },
        Endpoint(ImportCalls.addUsers, access: run, budget: .imports) { call, _ in
            let (chunks, format) = try records(of: call)
            try await call.services.engine.staging.addUsers(from: chunks, format: format)
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.addChannels, access: run, budget: .imports) { call, _ in
            let (chunks, format) = try records(of: call)
            try await call.services.engine.staging.addRooms(from: chunks, format: format)
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.addMessages, access: run, budget: .imports) { call, _ in
            let (chunks, format) = try records(of: call)
            try await call.services.engine.staging.addMessages(from: chunks, format: format)
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.run, access: run, budget: .imports) { call, _ in
            try await call.services.engine.operations.run(by: call.caller.user.id)
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.status, access: run, budget: .imports) { call, _ in
            let operation = try await call.services.engine.operations.current()
            return Reply(
                StatusResponse(
                    state: ImportState(operation?.lifecycle).rawValue, operation: operation.map(call.body)))
        },
        Endpoint(ImportCalls.clear, access: run, budget: .imports) { call, _ in
            try await call.services.engine.operations.clear()
            return Reply(SuccessResponse())
        },
        Endpoint(ImportCalls.failures, access: run, budget: .imports) { call, input in
            let query = try input.query
            let page = try await Page(query, settings: call.services.settings)
            let filter = try FailureFilter(query)
            return try await call.list { bytes in
                let (records, total) = try await call.services.engine.operations.failures(
                    matching: filter, offset: page.offset, limit: page.limit, bytes: bytes)
                return ListPage(items: records, offset: page.offset, total: total)
            } body: {
                FailureBody($0)
            }
        },
        Endpoint(ImportCalls.importers, access: run, budget: .imports) { call, input in
            _ = try input.query
            return Reply(
                call.services.engine.listedImporters.map { ImporterBody(key: $0.key.rawValue, name: $0.name) })
        },
        Endpoint(ImportCalls.currentOperation, access: run, budget: .imports) { call, input in
            _ = try input.query
            let operation = try await call.services.engine.operations.current()
            return Reply(OperationResponse(operation: operation.map(call.body)))
        },
        Endpoint(ImportCalls.progress, access: run, budget: .imports) { call, input in
            _ = try input.query
            let (operation, importer) = try await call.naming("getImportProgress") {
                try await call.services.engine.operations.progress()
            }
            let counts = operation.totalCounts
            return Reply(
                ProgressResponse(
                    key: importer.key.rawValue, name: importer.name, step: ImportStatus(operation.phase).rawValue,
                    count: .init(total: counts.total, completed: counts.completed, error: counts.error)))
        },
        Endpoint(
            ImportCalls.latestOperations, access: .holders([.viewImportOperations]), budget: .imports
        ) { call, input in
            _ = try input.query
            return Reply(try await call.services.engine.operations.latest().map(call.body))
        },
    ]

    private static let run = Endpoint.Access.holders([.runImport])

    /// The body of a call that adds records; the number of lines is not limited.
    private static func records(of call: Endpoint.Call) throws -> (BodyChunks, RecordBodyFormat) {
        let isLines = call.request.headers[.contentType]?.lowercased().hasPrefix("application/x-ndjson") ?? false
        return (try BodyChunks(call.request, limit: isLines ? nil : largestBodyBytes), isLines ? .lines : .json)
    }
}

extension Endpoint.Call {
    fileprivate func body(_ operation: ImportOperation) -> OperationBody {
        OperationBody(operation, engine: services.engine)
    }
}

extension FailureFilter {
    fileprivate init(_ query: FailureQuery) throws(APIFailure) {
        self.init()
        if let name = query.type {
            guard let type = RecordType(wireName: name) else {
                throw .invalidQuery(["must be equal to one of the allowed values"])
            }
            self.type = type
        }
        if let name = query.code {
            guard let code = RecordFailure.Code(rawValue: name) else {
                throw .invalidQuery(["must be equal to one of the allowed values"])
            }
            self.code = code
        }
    }
}

extension FailureBody {
    fileprivate init(_ record: FailedRecord) {
        self.init(
            id: String(record.sequence.number), type: record.type.wireName, code: record.failure.code.rawValue,
            message: record.failure.message, field: record.failure.field, clashesWith: record.failure.clashesWith,
            data: JSONBody(text: record.document) ?? .null)
    }
}

extension RecordType {
    /// The type's wire name: rooms are channels.
    var wireName: String { self == .room ? "channel" : rawValue }

    init?(wireName: String) {
        guard let type = Self.allCases.first(where: { $0.wireName == wireName }) else { return nil }
        self = type
    }
}
