import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// `import.downloads` and its relatives.
enum DownloadRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(DownloadCalls.list, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let filter = DownloadFilter(
                state: try query.state.map { try Download.State(allowed: $0) },
                kind: try query.kind.map { try Download.Kind(allowed: $0) })
            return try await call.list(query) { page in
                let list = try await call.services.engine.downloads.list(
                    matching: filter, offset: page.offset, limit: page.limit)
                let matching = list.totals.filter {
                    $0.state == filter.state ?? $0.state && $0.kind == filter.kind ?? $0.kind
                }
                var fields: [String: any Encodable] = [
                    "avatars": DownloadTotalsBody(list.totals.filter { $0.kind == .avatar }),
                    "files": DownloadTotalsBody(list.totals.filter { $0.kind != .avatar }),
                ]
                if let control = list.control.wireName { fields["control"] = control }
                return ListPage(items: list.downloads, total: matching.reduce(0) { $0 + $1.count }, fields: fields)
            } body: {
                ListedDownloadBody($0)
            }
        },
        Endpoint(DownloadCalls.retry, access: .importers, budget: .imports) { call, input in
            let choice = try PendingDownloads.Choice(try await input.body())
            return Reply(PendingResponse(count: try await call.services.engine.downloads.retry(choice)))
        },
        Endpoint(DownloadCalls.skip, access: .importers, budget: .imports) { call, input in
            let choice = try PendingDownloads.Choice(try await input.body())
            return Reply(PendingResponse(count: try await call.services.engine.downloads.skip(choice)))
        },
    ]
}

extension RawRepresentable<String> {
    /// The value of this name.
    ///
    /// - Throws: the error of a query with another name.
    fileprivate init(allowed name: String) throws(APIFailure) {
        guard let value = Self(rawValue: name) else {
            throw .invalidQuery(["must be equal to one of the allowed values"])
        }
        self = value
    }
}

extension PendingDownloads.Choice {
    fileprivate init(_ body: DownloadChoiceBody) throws(APIFailure) {
        guard let texts = body.ids else {
            do {
                self = .matching(
                    DownloadFilter(
                        state: try body.state.map { try Download.State(allowed: $0) } ?? .failed,
                        kind: try body.kind.map { try Download.Kind(allowed: $0) }))
            } catch {
                throw .invalidBody(["must be equal to one of the allowed values"])
            }
            return
        }
        guard body.state == nil, body.kind == nil else {
            throw .invalidBody(["must NOT have state or kind beside ids"])
        }
        var ids: [DownloadID] = []
        for (index, text) in texts.enumerated() {
            guard let id = DownloadID(text) else {
                throw .invalidBody(
                    ["must be ids of import.downloads"],
                    import: .init(
                        code: "invalid-download-id", index: index, field: "ids", value: String(text.prefix(64))))
            }
            ids.append(id)
        }
        self = .listed(ids)
    }
}

extension ListedDownloadBody {
    fileprivate init(_ download: ListedDownload) {
        self.init(
            id: download.id.description, kind: download.kind.rawValue, state: download.state.rawValue,
            inProgress: download.isInProgress, name: download.name, attempts: download.attempts)
        host = download.host.isEmpty ? nil : download.host
        nextAttempt = download.state == .queued ? download.dueAt?.iso8601 : nil
        reason = download.state == .done ? nil : download.reason
        switch download.target {
        case .user(let id, let username, let name):
            user = PersonBody(_id: id.rawValue, username: username, name: name)
        case .message(let id, let room, let count):
            message = Carrier(_id: id?.rawValue, rid: room?.rawValue, count: count)
        }
    }
}

extension DownloadTotalsBody {
    fileprivate init(_ totals: [DownloadTotal]) {
        func count(_ state: Download.State) -> Int { totals.reduce(0) { $0 + ($1.state == state ? $1.count : 0) } }
        self.init(
            waiting: count(.waiting), queued: count(.queued), failed: count(.failed), skipped: count(.skipped),
            done: count(.done))
    }
}
