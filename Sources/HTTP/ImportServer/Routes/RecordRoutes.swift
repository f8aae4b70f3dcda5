import ImportAPI
import ImportDomain
import ImportEngine

/// `import.records`.
enum RecordRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(ImportCalls.records, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            guard let type = RecordType(wireName: query.type) else {
                throw APIFailure.unknownWord(
                    query.type, in: "type", allowed: RecordType.allCases.map(\.wireName), isQuery: true)
            }
            let match = try RecordMatch(query, of: type)
            return try await call.list(query) { page in
                let found = try await call.services.engine.stagedRecords.page(
                    of: type, in: query.operationId.map { OperationID($0) }, matching: match,
                    counts: query.counts ?? false, offset: page.offset, limit: page.limit, bytes: page.bytes)
                var fields: [String: any Encodable] = ["operationId": found.operation.rawValue]
                if let counts = found.counts { fields["counts"] = RecordCountsBody(counts) }
                if let span = found.writtenAt {
                    fields["firstAt"] = span.lowerBound.iso8601
                    fields["lastAt"] = span.upperBound.iso8601
                }
                return ListPage(items: found.records, total: found.total, fields: fields)
            } body: {
                StagedRecordBody($0)
            }
        }
    ]
}

extension RecordMatch {
    fileprivate init(_ query: RecordQuery, of type: RecordType) throws(APIFailure) {
        self.init(
            filters: try RecordFilter.read(query.filter ?? [], of: type, in: "filter", isQuery: true),
            exclusions: try RecordFilter.read(query.without ?? [], of: type, in: "without", isQuery: true),
            search: try Self.search(query.search, in: "search", isQuery: true))
    }

    /// The most characters of a search.
    private static let longestSearch = 200

    /// A search of a moderate length.
    static func search(_ text: String?, in field: String, isQuery: Bool) throws(APIFailure) -> String? {
        guard let text, text.unicodeScalars.count > longestSearch else { return text }
        throw .invalid(
            ["must NOT have more than \(longestSearch) characters"], isQuery: isQuery,
            import: .init(code: "beyond-limit", field: field, value: String(text.prefix(64))))
    }
}

extension RecordFilter {
    /// Reads the names of properties of a type.
    static func read(
        _ names: [String], of type: RecordType, in field: String, isQuery: Bool
    ) throws(APIFailure) -> Set<RecordFilter> {
        let allowed = filters(of: type)
        var filters: Set<RecordFilter> = []
        for name in names {
            guard let filter = RecordFilter(rawValue: name), allowed.contains(filter) else {
                throw .unknownWord(name, in: field, allowed: allowed.map(\.rawValue), isQuery: isQuery)
            }
            filters.insert(filter)
        }
        return filters
    }
}

extension APIFailure {
    /// A word that a field does not take, with those that it takes.
    static func unknownWord(_ word: String, in field: String, allowed: [String], isQuery: Bool) -> APIFailure {
        let shown = String(word.prefix(64))
        let words = allowed.isEmpty ? "There are none for this type." : "Allowed: \(allowed.joined(separator: ", "))."
        return invalid(
            ["must be equal to one of the allowed values"], isQuery: isQuery,
            import: .init(
                code: "unknown-word", field: field, value: shown,
                message: "\"\(shown)\" is not a value of \(field). \(words)"))
    }

    fileprivate static func invalid(_ messages: [String], isQuery: Bool, import details: ErrorBody.Import) -> APIFailure
    {
        guard isQuery else { return invalidBody(messages, import: details) }
        var failure = invalidQuery(messages)
        failure.body.import = details
        return failure
    }
}

extension StagedRecordBody {
    fileprivate init(_ record: ListedRecord) {
        let properties = record.properties.map(\.rawValue)
        let id = String(record.sequence.number)
        switch record.content {
        case .user(let user):
            self.init(id: id, type: "user", importId: record.importID, properties: properties)
            (name, username, nickname) = (user.name, user.username, user.nickname)
            (emails, roles) = (user.emails, user.roles)
        case .room(let room):
            self.init(id: id, type: "channel", importId: record.importID, properties: properties)
            (name, topic, t, members) = (room.name, room.topic, room.kind.rawValue, room.memberIDs.count)
            ts = room.createdAt?.iso8601
        case .contact(let contact):
            self.init(id: id, type: "contact", importId: record.importID, properties: properties)
            (name, emails, phones) = (contact.name, contact.emails, contact.phones)
        case .unreadable:
            self.init(id: id, type: record.type.wireName, importId: record.importID, properties: properties)
        }
    }
}

extension RecordCountsBody {
    fileprivate init(_ counts: [RecordFilter: Int]) {
        self.init()
        (deleted, bot, guest, addressTaken) = (
            counts[.deleted], counts[.bot], counts[.guest], counts[.addressTaken]
        )
        (archived, self.private, direct) = (counts[.archived], counts[.private], counts[.direct])
    }
}
