import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// `import.check`.
enum CheckRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(CheckCalls.check, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let filter = try CheckFilter(query)
            var bytes: [UInt8] = []
            for try await chunk in try BodyChunks(call.request, limit: StartBodyParser.largestBytes) {
                bytes.append(contentsOf: chunk)
            }
            let (checks, user) = (call.services.engine.checks, try call.caller.user.id)
            let request = try StartBodyParser.check(bytes, policiesOfAll: try await checks.policiesOfAll())
            try call.requirePermissions(for: request.policies)
            let check = try await call.context.whileConnected { try await checks.check(request, by: user) }
            let (summary, reasons) = (
                CheckSummaryBody(check.result), check.result.reasons.map { CheckReasonBody($0) }
            )
            guard query.records == true else { return Reply(CheckResponse(summary: summary, reasons: reasons)) }
            return try await call.list(query) { page in
                let records = try await checks.records(
                    of: check, matching: filter, offset: page.offset, limit: page.limit, bytes: page.bytes)
                let visible = try await VisibleSubjects(of: records, call)
                return ListPage(
                    items: records.map { CheckedRecordBody($0, visible.changes(of: $0)) },
                    total: check.result.count(of: filter), fields: ["summary": summary, "reasons": reasons])
            } body: {
                $0
            }
        }
    ]
}

/// The accounts, rooms and messages of a page whose present values the caller may see by the calls that return them.
private struct VisibleSubjects {
    private let caller: Caller
    private let rooms: Set<RoomID>
    private let messages: Set<MessageID>

    init(of records: [CheckedRecord], _ call: Endpoint.Call) async throws {
        func subjects(_ type: RecordType) -> [String] {
            records.filter { $0.type == type && !$0.changes.isEmpty }.compactMap(\.subject)
        }
        caller = try call.caller
        rooms = try await call.services.rooms.visible(among: subjects(.room).map { RoomID($0) }, for: caller)
        messages = try await call.services.messages.readable(
            among: subjects(.message).map { MessageID($0) }, for: caller)
    }

    /// The changes of a record, without what the caller may not see.
    func changes(of record: CheckedRecord) -> [FieldChange] {
        record.changes.map { isVisible($0.field, of: record) ? $0 : $0.withoutPresentValue }
    }

    /// Source: docs/api.md, "Who sees what of an account" and "Who may read a room".
    private func isVisible(_ field: String, of record: CheckedRecord) -> Bool {
        // What an import is about to create has no value yet.
        guard let subject = record.subject else { return true }
        switch record.type {
        case .user, .contact:
            return !["emails", "roles", "importIds", "avatarUrl", "customFields"].contains(field)
                || caller.may(.viewFullOtherUserInfo) || subject == caller.user.id.rawValue
        case .room: return rooms.contains(RoomID(subject))
        case .message: return messages.contains(MessageID(subject))
        }
    }
}

extension FieldChange {
    /// The change as callers see it who may not see the present value, nor a new one that contains it.
    fileprivate var withoutPresentValue: FieldChange {
        let isMerged = ["customFields", "importIds", "roles"].contains(field)
        return FieldChange(field, from: nil, to: isMerged ? nil : to)
    }
}

extension CheckFilter {
    init(_ query: CheckQuery) throws(APIFailure) {
        self.init()
        if let name = query.type {
            guard let type = RecordType(wireName: name) else { throw Self.unknownWord }
            self.type = type
        }
        if let name = query.decision {
            guard let outcome = CheckOutcome(rawValue: name) else { throw Self.unknownWord }
            self.outcome = outcome
        }
    }

    private static let unknownWord = APIFailure.invalidQuery(["must be equal to one of the allowed values"])
}

extension CheckCountsBody {
    init(_ counts: CheckResult.Counts?) {
        self.init(
            create: counts?.create ?? 0, update: counts?.update ?? 0, bind: counts?.bind ?? 0,
            unchanged: counts?.unchanged ?? 0, skip: counts?.skip ?? 0, fail: counts?.fail ?? 0)
    }
}

extension CheckSummaryBody {
    init(_ result: CheckResult) {
        self.init(
            users: CheckCountsBody(result.counts[.user]), contacts: CheckCountsBody(result.counts[.contact]),
            channels: CheckCountsBody(result.counts[.room]), messages: CheckCountsBody(result.counts[.message]),
            total: CheckCountsBody(result.totalCounts))
    }
}

extension CheckReasonBody {
    init(_ reason: CheckResult.Reason) {
        self.init(
            type: reason.type.wireName, code: reason.code, count: reason.count,
            // Records that are skipped or fail change nothing.
            examples: reason.examples.map { CheckedRecordBody($0, []) })
    }
}

extension CheckedRecordBody {
    init(_ record: CheckedRecord, _ changes: [FieldChange]) {
        self.init(
            id: String(record.sequence.number), type: record.type.wireName, importId: record.importID,
            decision: record.outcome.rawValue,
            reason: record.code.map {
                Reason(
                    code: $0, message: record.message ?? "", field: record.field, clashesWith: record.clashesWith)
            },
            subject: record.subject,
            changes: changes.isEmpty ? nil : changes.map { FieldChangeBody($0) })
    }
}

extension FieldChangeBody {
    init(_ change: FieldChange) {
        // A value that is cut is not valid JSON any more.
        func value(_ text: String) -> JSONBody { JSONBody(text: text) ?? .string(text) }
        self.init(field: change.field, from: change.from.map(value), to: change.to.map(value))
    }
}
