import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import JSON
import Logging
import WorkspaceServices

/// Failed records: listed, downloaded, and tried again.
enum RepairRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(ImportCalls.failures, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let filter = try FailureFilter(query)
            let operation = query.operationId.map { OperationID($0) }
            if let format = query.format, format != "json" {
                guard let format = FailureDownload.Format(rawValue: format) else {
                    throw APIFailure.invalidQuery(["must be equal to one of the allowed values"])
                }
                return Reply(
                    written: try await FailureDownload(
                        call: call, operation: operation, filter: filter, format: format
                    ).response)
            }
            return try await call.list(query) { page in
                let found = try await call.services.engine.failures.page(
                    of: operation, matching: filter, offset: page.offset, limit: page.limit, bytes: page.bytes)
                var fields: [String: any Encodable] = ["groups": found.groups.map { FailureGroupBody($0) }]
                if let operation = found.operation { fields["operationId"] = operation.rawValue }
                return ListPage(items: found.records, total: found.total, fields: fields)
            } body: {
                FailureBody($0)
            }
        },
        Endpoint(ImportCalls.retry, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let type = call.request.headers[.contentType]?.lowercased() ?? ""
            let format: RetryBodyFormat =
                type.hasPrefix("application/x-ndjson") ? .lines : type.hasPrefix("text/csv") ? .table : .json
            let limit = format == .json ? ImportRoutes.largestBodyBytes : nil
            let result = try await call.services.engine.retries.retry(
                from: try BodyChunks(call.request, limit: limit), format: format,
                of: query.operationId.map { OperationID($0) },
                policies: { [given = query.policy] in try (given ?? $1).map($0.replacing) ?? $0 },
                permitting: { try call.requirePermissions(of: $0) })
            call.context.logger.info(
                "Failed records are tried again.",
                metadata: [
                    "operation": "\(result.operation.id)", "records": "\(result.count)",
                    "corrected": "\(result.correctedCount)",
                ])
            return Reply(
                RetryResponse(
                    retried: result.count, corrected: result.correctedCount,
                    ignoredColumns: result.ignoredColumns.isEmpty ? nil : result.ignoredColumns,
                    operation: OperationBody(result.operation, engine: call.services.engine)))
        },
    ]
}

/// All failed records that match as a file, a page at a time; the client's speed limits how fast they are read.
private struct FailureDownload: Sendable {
    enum Format: String {
        case jsonl
        case csv

        var contentType: String { self == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson" }
    }

    private static let pageLength = 1_000
    private static let pageBytes = 1 << 20

    let call: Endpoint.Call
    let operation: OperationID?
    let filter: FailureFilter
    let format: Format

    var response: Response {
        get async throws {
            let reservation = try await call.services.responseMemory.reserve(4 << 20, for: try call.caller.user.id)
            // Read before the response begins, so that a failure gets its own status.
            let first = try await page(of: operation, after: nil)
            let name = "failures" + (first.operation.map { "-\($0.rawValue)" } ?? "") + ".\(format.rawValue)"
            return Response(
                status: .ok,
                headers: [
                    .contentType: format.contentType, .contentDisposition: "attachment; filename=\"\(name)\"",
                ],
                body: ResponseBody(logger: call.context.logger) { writer in
                    var table = FailureTable()
                    var records = first.records
                    if records.isEmpty, format == .csv { try await writer.write(ByteBuffer(bytes: table.take())) }
                    while let last = records.last {
                        try await writer.write(ByteBuffer(bytes: text(of: records, &table)))
                        records = try await page(of: first.operation, after: last.sequence).records
                    }
                    try await writer.finish(nil)
                    withExtendedLifetime(reservation) {}
                })
        }
    }

    private func text(of records: [FailedRecord], _ table: inout FailureTable) -> [UInt8] {
        var lines: [UInt8] = []
        for record in records {
            switch format {
            case .csv: table.append(record)
            case .jsonl:
                lines.append(contentsOf: FailureDocument.text(of: record).utf8)
                lines.append(0x0A)
            }
        }
        return format == .csv ? table.take() : lines
    }

    private func page(
        of operation: OperationID?, after sequence: RecordSequence?
    ) async throws -> (operation: OperationID?, records: [FailedRecord]) {
        try await call.services.engine.failures.records(
            of: operation, matching: filter, after: sequence, limit: Self.pageLength, bytes: Self.pageBytes)
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
        search = try RecordMatch.search(query.search, in: "search", isQuery: true)
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

extension FailureGroupBody {
    fileprivate init(_ group: FailureGroup) {
        self.init(
            type: group.type.wireName, code: group.code.rawValue, count: group.count, message: group.code.advice)
    }
}

extension RecordFailure.Code {
    /// The reason as a sentence about many records, and what usually helps.
    fileprivate var advice: String {
        switch self {
        case .userMissingEmailAndUsername:
            "These users have neither an e-mail address nor a username. Give them one of the two."
        case .userEmailTaken:
            "An e-mail address of these users belongs to an existing account. Change the address, or import with the "
                + "policy that binds users to existing accounts."
        case .userUsernameTaken:
            "The usernames of these users belong to existing accounts. Choose other usernames, or import with the "
                + "policy that binds users to existing accounts."
        case .userDuplicateInBatch:
            "These users share an e-mail address, a username or an import id with an earlier record of this import. "
                + "Correct the value, or skip the repeated records."
        case .userImportIDTaken:
            "An import id of these users belongs to another account. Check whether both are the same person."
        case .userInvalidType: "The type of these users is neither user nor bot. Correct the type."
        case .userInvalidRole:
            "A role of these users does not exist in the workspace. Create the role, or remove it from the records."
        case .userValueTooLong: "A value of these users is longer than its limit. Shorten it."
        case .roomMissingName: "These channels have no name. Give them one."
        case .roomNameTaken:
            "The names of these channels belong to existing rooms. Choose other names, or import with another policy "
                + "for rooms."
        case .roomValueTooLong: "A value of these channels is longer than its limit. Shorten it."
        case .roomMissingImportID: "These channels have no import id. Give them one."
        case .roomMissingUsers:
            "Participants of these direct rooms are unknown. Retry the users that failed first, in the same call or "
                + "before."
        case .roomInvalidKind: "The type of these channels is unknown. Use c, p or d."
        case .roomGeneralNotFound: "These channels stand for the general channel, which the workspace does not have."
        case .roomImportIDTaken:
            "An import id of these channels belongs to another room. Check whether both are the same."
        case .roomKindMismatch:
            "Rooms with the names or import ids of these channels exist and are of another type. Correct the type. If "
                + "they are other rooms, change the names, or the importIds of the channels and the rid of their messages."
        case .roomParticipantsMismatch:
            "The import ids of these channels belong to private or direct rooms with other members. List all members. If "
                + "they are other rooms, change their names, their importIds, and the rid of their messages."
        case .messageInvalidTimestamp: "These messages have no valid timestamp. Give them one."
        case .messageUnknownUser:
            "The authors of these messages are unknown. Retry the users that failed in the same call, or before."
        case .messageUnknownRoom:
            "The rooms of these messages are unknown, or failed. Retry the channels in the same call, or before."
        case .messageIDConflict: "Other messages have the ids of these messages. Give them other ids."
        case .messageRejected: "A value of these messages is beyond its limit. Shorten it."
        case .processEnded:
            "The server ended while it imported these records, often because it had too little memory. Look at its log."
        case .internalError: "These records could not be read back or written. Each has its own reason."
        }
    }
}
