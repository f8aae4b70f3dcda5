import ImportDomain
import SHA256
import SQL

/// `downloads`, `download_messages`, `avatars` and `uploads`.
struct DownloadTables: DownloadStore {
    let connection: any SQLConnection
    let clock: any WallClock
    let changes: WorkspaceChanges

    func enqueue(_ files: [WantedFile], by operation: OperationID?) throws {
        let subjects = Array(Set(files.map { subject(of: $0.file) })).sorted()
        let present = try Set(finishedFiles(among: subjects).map(\.subject))
        for wanted in files {
            let (kind, url): (Download.Kind, String)
            switch wanted.file.location {
            case .remote(let address): (kind, url) = (.file, address)
            case .archived(let entry, _): (kind, url) = (.archived, Self.place(of: entry, in: operation))
            case .external: continue
            }
            let subject = subject(of: wanted.file)
            if !present.contains(subject) {
                try connection.insert(
                    one: DownloadColumn.Source(
                        kind: kind, subject: subject, url: url, name: wanted.file.name,
                        mediaType: wanted.file.mediaType, state: .waiting, dueAt: nil),
                    into: DownloadColumn.table,
                    """
                    ON CONFLICT (kind, subject) DO UPDATE SET url = excluded.url, state = 'waiting', reason = NULL
                        WHERE downloads.kind = 'archived' AND downloads.state IN ('waiting', 'failed')
                    """)
            }
            try connection.insert(
                one: [.text(subject), .text(wanted.messageID.rawValue)], into: DownloadMessageColumn.table,
                "ON CONFLICT (subject, message_id) DO NOTHING")
        }
        // Files that came earlier for other messages, or while this was written, are shown by these as well.
        for (subject, file) in try finishedFiles(among: subjects) {
            guard let stored = try self.file(id: file)?.file else { continue }
            try changeDetails(ofMessagesCarrying: subject) { $0.attach(stored) }
        }
    }

    /// Files of messages that the workspace has.
    private func finishedFiles(among subjects: [String]) throws -> [(subject: String, file: FileID)] {
        try connection.rows(
            """
            SELECT subject, file_id FROM downloads
            WHERE kind IN ('file', 'archived') AND state = 'done' AND subject \(in: subjects)
            """
        ) { ($0.text(0), FileID($0.text(1))) }
    }

    func awaitsArchivedFiles(of operation: OperationID) throws -> Bool {
        let (start, end) = ("\(operation.rawValue)/", "\(operation.rawValue)0")
        return try connection.exists(
            """
            SELECT 1 FROM downloads WHERE state = 'waiting' AND kind = 'archived' AND url >= \(start) AND url < \(end)
            LIMIT 1
            """)
    }

    /// Messages of one archive may tell the same file in several ways; it is one file then.
    func archivedFile(
        _ id: String, of source: String, entry: String, in operation: OperationID
    ) throws -> Download? {
        let (start, end) = ("\(source):\(id):", "\(source):\(id);")
        let waiting = try downloads(
            """
            WHERE kind = 'archived' AND subject >= \(start) AND subject < \(end) AND state = 'waiting'
                AND url = \(Self.place(of: entry, in: operation))
            ORDER BY subject \(.lock)
            """)
        guard let first = waiting.first else { return nil }
        for other in waiting.dropFirst() {
            try connection.execute(
                """
                INSERT INTO download_messages (\(names: DownloadMessageColumn.table.columnNames))
                SELECT \(first.subject), message_id FROM download_messages WHERE subject = \(other.subject)
                ON CONFLICT (subject, message_id) DO NOTHING
                """)
            try connection.execute("DELETE FROM download_messages WHERE subject = \(other.subject)")
            try connection.execute("DELETE FROM downloads WHERE number = \(other.number)")
        }
        return first
    }

    /// Where an archive holds a file: an archive of another operation may have an entry of the same name.
    private static func place(of entry: String, in operation: OperationID?) -> String {
        "\(operation?.rawValue ?? "")/\(entry)"
    }

    func control() throws -> ImportControl {
        guard
            let stored: ImportControl = try connection.first("SELECT control FROM download_queue", { try $0.value(0) })
        else { return .none }
        return try stored == .paused && isClaimed() ? .pausing : stored
    }

    func setControl(_ request: ImportControl) throws {
        try connection.execute(
            DownloadQueueColumn.table.insertion(of: [.text("queue"), .text(request.rawValue)])
                + "ON CONFLICT (id) DO UPDATE SET control = excluded.control")
    }

    func dequeue(limit: Int) throws -> Int {
        // Keeps others from queuing downloads meanwhile, which would end the cancellation.
        let isCanceling = try connection.execute(
            "UPDATE download_queue SET control = 'canceling' WHERE control = 'canceling'")
        guard isCanceling > 0 else { return 0 }
        let count = try connection.execute(
            """
            UPDATE downloads SET state = 'waiting', due_at = NULL, attempts = 0, \(LeaseTables.ended)
            WHERE number IN (
                SELECT number FROM downloads WHERE state = 'queued' AND \(LeaseTables.isFree(at: try now()))
                LIMIT \(limit) \(.lockSkippingLocked))
            """)
        if try !hasQueued() { try setControl(.none) }
        return count
    }

    func hasQueued() throws -> Bool {
        try connection.exists("SELECT 1 FROM downloads WHERE state = 'queued' LIMIT 1")
    }

    /// Whether a worker downloads anything.
    private func isClaimed() throws -> Bool {
        try connection.exists(
            "SELECT 1 FROM downloads WHERE lease_owner IS NOT NULL AND lease_expires_at > \(try now()) LIMIT 1")
    }

    /// Requested downloads are wanted, even if the queue is being emptied.
    private func endCancel() throws {
        try connection.execute("UPDATE download_queue SET control = 'none' WHERE control = 'canceling'")
    }

    func enqueueFiles() throws {
        try endCancel()
        try connection.execute(
            """
            UPDATE downloads SET state = 'queued', due_at = \(try now()), attempts = 0, lease_attempts = 0
            WHERE kind = 'file' AND state IN ('waiting', 'failed')
            """)
    }

    func enqueueFiles(of number: ImportNumber, after position: Int64, limit: Int) throws -> Int64? {
        // A cancellation ends with a later request, not with the next page of an earlier one.
        if position > 0, try control() == .canceling { return nil }
        let page: SQLQuery = "kind = 'file' AND state IN ('waiting', 'failed') AND number > \(position)"
        let end = try connection.first(
            "SELECT number FROM downloads WHERE \(page) ORDER BY number LIMIT 1 OFFSET \(limit - 1)"
        ) { $0.integer(0) }
        try connection.execute(
            """
            UPDATE downloads SET state = 'queued', due_at = \(try now()), attempts = 0, lease_attempts = 0
            WHERE \(page) AND number <= \(end ?? .max) AND EXISTS (
                SELECT 1 FROM download_messages AS link JOIN messages ON messages.id = link.message_id
                WHERE link.subject = downloads.subject AND messages.import_number = \(number.rawValue))
            """)
        return end
    }

    func enqueueAvatars(of number: ImportNumber?, after account: UserID?, limit: Int) throws -> UserID? {
        let now = try now()
        // A cancellation ends with a later request, not with the next page of an earlier one.
        if account == nil {
            try endCancel()
        } else if try control() == .canceling {
            return nil
        }
        let pending = try connection.rows(
            """
            SELECT id, pending_avatar_url, CASE WHEN \(Self.isAvatar(of: number)) THEN 1 ELSE 0 END FROM users
            WHERE pending_avatar_url IS NOT NULL AND id > \(account?.rawValue ?? "") ORDER BY id LIMIT \(limit)
            """
        ) { (avatar: (user: $0.text(0), url: $0.text(1)), isWanted: $0.flag(2)) }
        for row in pending where row.isWanted { _ = try add(row.avatar, state: .queued, dueAt: now) }
        return pending.last.map { UserID($0.avatar.user) }
    }

    /// Holds for accounts whose address of an avatar an import gave; for all of them without an import.
    private static func isAvatar(of number: ImportNumber?) -> SQLQuery {
        guard let number = number?.rawValue else { return "1 = 1" }
        return """
            users.import_number = \(number) OR EXISTS (
                SELECT 1 FROM import_changes WHERE import_number = \(number) AND subject_kind = 'user'
                    AND subject_id = users.id AND field = \(UserColumn.pendingAvatarURL.name))
            """
    }

    func queueLength(of kind: Download.Kind) throws -> Int {
        Int(
            try connection.integer(
                "SELECT count(*) FROM downloads WHERE state = 'queued' AND kind = \(kind.rawValue)"))
    }

    /// Takes what is due first. While those are of busy hosts, the other hosts are asked one by one, so that a long
    /// queue of a slow host costs no time.
    func claim(
        by worker: WorkerID, for duration: Duration, limit: Int, perHost: Int, running: [String: Int]
    ) throws -> [DownloadClaim] {
        guard try control() == .none else { return [] }
        let now = try now()
        let leases = LeaseTables(connection: connection, clock: clock)
        var running = running
        var claimed: [DownloadClaim] = []
        func claim(_ candidates: [Candidate]) throws {
            for (download, row) in candidates
            where claimed.count < limit && running[download.host, default: 0] < perHost {
                running[download.host, default: 0] += 1
                claimed.append(
                    DownloadClaim(
                        try leases.claim([row], as: .downloads, by: worker, until: now + duration), download: download))
            }
        }
        let first = try due(at: now, limit: Self.claimWindow)
        try claim(first)
        guard first.count == Self.claimWindow, claimed.count < limit else { return claimed }
        // The hosts behind the last one that is busy come first, so that each has its turn.
        var host = try queuedHost(after: running.keys.max() ?? "") ?? queuedHost(after: "")
        let start = host
        for _ in 0..<Self.claimWindow {
            guard let current = host, claimed.count < limit else { break }
            let free = perHost - running[current, default: 0]
            if free > 0 { try claim(try due(at: now, of: current, limit: free)) }
            host = try queuedHost(after: current) ?? queuedHost(after: "")
            if host == start { break }
        }
        return claimed
    }

    /// How many downloads, and how many hosts, one claim looks at.
    private static let claimWindow = 64

    /// A download that no worker holds, and its row before the claim.
    private typealias Candidate = (download: Download, row: LeasedRow)

    /// Downloads that are due, of a host or of all; other workers step over them until the end of the transaction.
    private func due(at now: Timestamp, of host: String? = nil, limit: Int) throws -> [Candidate] {
        let ofHost: SQLQuery = host.map { "AND host = \($0) " } ?? ""
        return try connection.rows(
            of: DownloadColumn.table,
            """
            WHERE state = 'queued' AND due_at <= \(now) \(ofHost)AND \(LeaseTables.isFree(at: now))
            ORDER BY due_at, number LIMIT \(limit) \(.lockSkippingLocked)
            """
        ) { (try Self.download($0), LeasedRow($0)) }
    }

    private func queuedHost(after host: String) throws -> String? {
        try connection.first(
            "SELECT host FROM downloads WHERE state = 'queued' AND host > \(host) ORDER BY host LIMIT 1"
        ) { $0.text(0) }
    }

    func fail(_ download: Download, reason: String, retryAfter delay: Duration?) throws {
        let state: Download.State = delay == nil ? .failed : .queued
        let due = try delay.map { try now() + $0 }
        try connection.execute(
            """
            UPDATE downloads SET state = \(state.rawValue), attempts = attempts + 1, due_at = \(due), reason = \(reason),
                \(LeaseTables.ended)
            WHERE number = \(download.number)
            """)
        guard delay == nil else { return }
        try showUnavailable(
            download.kind, download.subject, named: download.name, url: download.url, reason)
    }

    /// Shows in messages why they have no file, or forgets the URL of an avatar.
    private func showUnavailable(
        _ kind: Download.Kind, _ subject: String, named name: String, url: String, _ reason: String
    ) throws {
        switch kind {
        case .avatar: try forgetAvatarURL(url, of: subject)
        case .file:
            try changeDetails(ofMessagesCarrying: subject) {
                $0.noteUnavailable(.notFetched(reason: reason), fileNamed: name)
            }
        case .archived:
            try changeDetails(ofMessagesCarrying: subject) {
                $0.noteUnavailable(.notExtracted(reason: reason), fileNamed: name)
            }
        }
    }

    /// Ends the request of an avatar, unless an import has requested another one since.
    private func forgetAvatarURL(_ url: String, of user: String) throws {
        try connection.execute(
            "UPDATE users SET pending_avatar_url = NULL WHERE id = \(user) AND pending_avatar_url = \(url)")
    }

    func downloadCounts() throws -> [Download.State: Int] {
        Dictionary(
            try connection.rows("SELECT state, count(*) FROM downloads GROUP BY state") { row in
                (try row.value(0) as Download.State, row.count(1))
            }
        ) { first, _ in first }
    }

    // MARK: Lists

    func downloads(matching filter: DownloadFilter, offset: Int, limit: Int) throws -> [ListedDownload] {
        var page = try numberedDownloads(matching: filter, offset: offset, limit: limit)
        guard page.count < limit, filter.includesNewAvatars else { return page }
        let numbered = try downloadTotals(matching: filter).reduce(0) { $0 + $1.count }
        page += try connection.rows(
            """
            SELECT id, username, name, substr(pending_avatar_url, 1, 512) \(Self.newAvatars) ORDER BY id
            LIMIT \(limit - page.count) OFFSET \(max(0, offset - numbered))
            """
        ) { row in
            ListedDownload(
                id: .avatar(of: UserID(row.text(0))), kind: .avatar, state: .waiting, isInProgress: false,
                host: Download.host(of: row.text(3)), name: "avatar", attempts: 0, dueAt: nil, reason: nil,
                target: .user(UserID(row.text(0)), username: row.optionalText(1), name: row.optionalText(2)))
        }
        return page
    }

    /// Accounts whose avatars were never queued, or have another URL since.
    private static let newAvatars: SQLQuery = """
        FROM users WHERE pending_avatar_url IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM downloads WHERE downloads.kind = 'avatar' AND downloads.subject = users.id
                AND downloads.state IN ('waiting', 'queued'))
        """

    private func numberedDownloads(
        matching filter: DownloadFilter, offset: Int, limit: Int
    ) throws -> [ListedDownload] {
        let now = try now()
        // URLs stay unread: an avatar's may hold the whole image.
        var page: [ListedDownload] = []
        let subjects = try connection.rows(
            """
            SELECT number, kind, state, host, name, attempts, due_at, reason, subject,
                CASE WHEN lease_owner IS NOT NULL AND lease_expires_at > \(now) THEN 1 ELSE 0 END
            FROM downloads WHERE number IN (
                SELECT number FROM downloads WHERE \(Self.matching(filter)) ORDER BY number
                LIMIT \(limit) OFFSET \(offset))
            ORDER BY number
            """
        ) { row in
            let kind: Download.Kind = try row.value(1)
            let subject = row.text(8)
            page.append(
                ListedDownload(
                    id: .numbered(row.integer(0)), kind: kind, state: try row.value(2), isInProgress: row.flag(9),
                    // Earlier versions stored user names and passwords with it.
                    host: Download.shownHost(row.text(3)), name: row.text(4), attempts: row.count(5),
                    dueAt: row.optionalTimestamp(6),
                    reason: row.optionalText(7),
                    target: kind == .avatar
                        ? .user(UserID(subject), username: nil, name: nil) : .message(nil, room: nil, count: 0)))
            return subject
        }
        let targets = try targets(ofAvatarsOf: subjects).merging(targets(ofFiles: subjects)) { user, _ in user }
        for index in page.indices {
            if let target = targets[subjects[index]] { page[index].target = target }
        }
        return page
    }

    private func targets(ofAvatarsOf users: [String]) throws -> [String: ListedDownload.Target] {
        let found = try connection.rows("SELECT id, username, name FROM users WHERE id \(in: users)") { row in
            let id = row.text(0)
            return (
                id,
                ListedDownload.Target.user(UserID(id), username: row.optionalText(1), name: row.optionalText(2))
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    private func targets(ofFiles subjects: [String]) throws -> [String: ListedDownload.Target] {
        let messages = try connection.rows(
            """
            SELECT subject, min(message_id), count(*) FROM download_messages WHERE subject \(in: subjects)
            GROUP BY subject
            """
        ) { (subject: $0.text(0), message: $0.text(1), count: $0.count(2)) }
        let rooms = Dictionary(
            try connection.pairs("SELECT id, room_id FROM messages WHERE id", of: messages.map(\.message))
        ) { first, _ in first }
        let targets = messages.map { subject, message, count in
            (
                subject,
                ListedDownload.Target.message(
                    MessageID(message), room: rooms[message].map { RoomID($0) }, count: count)
            )
        }
        return Dictionary(targets) { first, _ in first }
    }

    private static func matching(_ filter: DownloadFilter) -> SQLQuery {
        switch (filter.state?.rawValue, filter.kind?.rawValue) {
        case (nil, nil): "1 = 1"
        case (let state?, nil): "state = \(state)"
        case (nil, let kind?): "kind = \(kind)"
        case (let state?, let kind?): "state = \(state) AND kind = \(kind)"
        }
    }

    func downloadTotals() throws -> [DownloadTotal] {
        var totals = try downloadTotals(matching: DownloadFilter())
        let new = Int(try connection.integer("SELECT count(*) \(Self.newAvatars)"))
        guard new > 0 else { return totals }
        let waiting = totals.firstIndex { $0.kind == .avatar && $0.state == .waiting }
        let sum = DownloadTotal(kind: .avatar, state: .waiting, count: new + (waiting.map { totals[$0].count } ?? 0))
        if let waiting { totals[waiting] = sum } else { totals.append(sum) }
        return totals
    }

    private func downloadTotals(matching filter: DownloadFilter) throws -> [DownloadTotal] {
        try connection.rows(
            "SELECT kind, state, count(*) FROM downloads WHERE \(Self.matching(filter)) GROUP BY kind, state"
        ) { DownloadTotal(kind: try $0.value(0), state: try $0.value(1), count: $0.count(2)) }
    }

    // MARK: Retry and skip

    func retry(_ downloads: [DownloadID]) throws -> Int {
        try endCancel()
        var count = 0
        for id in downloads {
            switch id {
            case .numbered(let number): count += try retry("number = \(number)")
            case .avatar(let user): count += try enqueueNewAvatars("AND id = \(user.rawValue)").count
            }
        }
        return count
    }

    func retry(
        matching filter: DownloadFilter, after download: DownloadID?, limit: Int
    ) throws -> (count: Int, last: DownloadID?) {
        // A cancellation ends with a later request, not with the next page of an earlier one.
        if download == nil {
            try endCancel()
        } else if try control() == .canceling {
            return (0, nil)
        }
        if let numbers = try nextNumbers(matching: filter, after: download, limit: limit) {
            guard let first = numbers.first, let last = numbers.last else { return (0, nil) }
            return (
                try retry("number >= \(first) AND number <= \(last) AND \(Self.matching(filter))"), .numbered(last)
            )
        }
        let users = try enqueueNewAvatars(try nextAvatars(after: download, limit: limit))
        return (users.count, users.last.map { .avatar(of: $0) })
    }

    private func retry(_ condition: SQLQuery) throws -> Int {
        let now = try now()
        return try connection.execute(
            """
            UPDATE downloads SET state = 'queued', due_at = \(now), attempts = 0, lease_attempts = 0
            WHERE \(condition) AND kind <> 'archived' AND (state IN ('waiting', 'failed', 'skipped')
                OR (state = 'queued' AND due_at > \(now) AND \(LeaseTables.isFree(at: now))))
            """)
    }

    func skip(_ downloads: [DownloadID], reason: String) throws -> Int {
        // All rows are locked before any message is, in the same order everywhere.
        let numbers = downloads.compactMap { if case .numbered(let number) = $0 { number } else { nil } }
        var count = try skip(Set(numbers).sorted().map { "number = \($0)" }, reason: reason)
        for case .avatar(let user) in downloads {
            count += try skipNewAvatars("AND id = \(user.rawValue)", reason: reason).count
        }
        return count
    }

    func skip(
        matching filter: DownloadFilter, after download: DownloadID?, limit: Int, reason: String
    ) throws -> (count: Int, last: DownloadID?) {
        if let numbers = try nextNumbers(matching: filter, after: download, limit: limit) {
            guard let first = numbers.first, let last = numbers.last else { return (0, nil) }
            let some: SQLQuery = "number >= \(first) AND number <= \(last) AND \(Self.matching(filter))"
            return (try skip([some], reason: reason), .numbered(last))
        }
        let users = try skipNewAvatars(try nextAvatars(after: download, limit: limit), reason: reason)
        return (users.count, users.last.map { .avatar(of: $0) })
    }

    private func skip(_ conditions: [SQLQuery], reason: String) throws -> Int {
        var skipped: [(kind: Download.Kind, subject: String, name: String)] = []
        for condition in conditions {
            // A larger token: what a worker still holds of it is not written any more.
            skipped += try connection.rows(
                """
                UPDATE downloads SET state = 'skipped', due_at = NULL, reason = \(reason),
                    lease_token = lease_token + 1, \(LeaseTables.ended)
                WHERE \(condition) AND kind <> 'archived' AND state IN ('waiting', 'queued', 'failed')
                RETURNING kind, subject, name
                """
            ) { (try $0.value(0), $0.text(1), $0.text(2)) }
        }
        let avatars = skipped.filter { $0.kind == .avatar }.map(\.subject)
        try connection.execute(
            """
            UPDATE users SET pending_avatar_url = NULL
            WHERE id \(in: avatars) AND pending_avatar_url = (
                SELECT url FROM downloads WHERE downloads.kind = 'avatar' AND downloads.subject = users.id)
            """)
        let names = Dictionary(skipped.filter { $0.kind == .file }.map { ($0.subject, $0.name) }) { first, _ in first }
        try changeDetails(ofMessagesCarrying: names.keys.sorted()) { subject, details in
            details.noteUnavailable(.notFetched(reason: reason), fileNamed: names[subject] ?? "")
        }
        return skipped.count
    }

    /// The next downloads of the queue that match, in their order; nil if new avatars are next.
    private func nextNumbers(
        matching filter: DownloadFilter, after download: DownloadID?, limit: Int
    ) throws -> [Int64]? {
        var last: Int64 = 0
        switch download {
        case .avatar: return nil
        case .numbered(let number): last = number
        case nil: break
        }
        let numbers = try connection.rows(
            """
            SELECT number FROM downloads WHERE \(Self.matching(filter)) AND kind <> 'archived' AND number > \(last)
            ORDER BY number LIMIT \(limit) \(.lock)
            """
        ) { $0.integer(0) }
        return numbers.isEmpty && filter.includesNewAvatars ? nil : numbers
    }

    private func nextAvatars(after download: DownloadID?, limit: Int) throws -> SQLQuery {
        var last = ""
        if case .avatar(let user)? = download { last = user.rawValue }
        return "AND id > \(last) ORDER BY id LIMIT \(limit)"
    }

    private func enqueueNewAvatars(_ condition: SQLQuery) throws -> [UserID] {
        let now = try now()
        return try newAvatars(condition).map { try add($0, state: .queued, dueAt: now) }
    }

    private func skipNewAvatars(_ condition: SQLQuery, reason: String) throws -> [UserID] {
        try newAvatars(condition).map { avatar in
            let user = try add(avatar, state: .skipped, dueAt: nil)
            try connection.execute(
                "UPDATE downloads SET reason = \(reason) WHERE kind = 'avatar' AND subject = \(user.rawValue)")
            try showUnavailable(.avatar, user.rawValue, named: "avatar", url: avatar.url, reason)
            return user
        }
    }

    private func newAvatars(_ condition: SQLQuery) throws -> [(user: String, url: String)] {
        try connection.rows("SELECT id, pending_avatar_url \(Self.newAvatars) \(condition)") {
            ($0.text(0), $0.text(1))
        }
    }

    /// Adds the avatar of an account to the queue, or renews it there. With another URL, what a worker still holds of the
    /// earlier one is not written any more.
    private func add(
        _ avatar: (user: String, url: String), state: Download.State, dueAt: Timestamp?
    ) throws -> UserID {
        try connection.insert(
            one: DownloadColumn.Source(
                kind: .avatar, subject: avatar.user, url: avatar.url, name: "avatar", mediaType: nil, state: state,
                dueAt: dueAt),
            into: DownloadColumn.table,
            """
            ON CONFLICT (kind, subject) DO UPDATE SET url = excluded.url, host = excluded.host,
                state = excluded.state, attempts = 0, lease_attempts = 0, due_at = excluded.due_at,
                lease_token = CASE WHEN downloads.url = excluded.url THEN downloads.lease_token
                    ELSE downloads.lease_token + 1 END,
                lease_owner = CASE WHEN downloads.url = excluded.url THEN downloads.lease_owner END,
                lease_expires_at = CASE WHEN downloads.url = excluded.url THEN downloads.lease_expires_at END
            """)
        return UserID(avatar.user)
    }

    private func downloads(_ condition: SQLQuery) throws -> [Download] {
        try connection.rows(of: DownloadColumn.table, condition, Self.download)
    }

    private static func download(_ row: TableRow<DownloadColumn>) throws -> Download {
        Download(
            number: row.integer(.number), kind: try row.value(.kind), subject: row.text(.subject),
            url: row.text(.url), name: row.text(.name), mediaType: row.optionalText(.mediaType),
            attempts: row.count(.attempts))
    }

    /// What identifies a file. Two sources may have different files of one id; without an id, the address identifies it.
    private func subject(of file: FileReference) -> String {
        let address =
            switch file.location {
            case .remote(let url), .external(let url): url
            case .archived(let entry, let url): url ?? entry
            }
        let parts =
            file.id.isEmpty
            ? [address.isEmpty ? file.name : address]
            // Queries hold tokens, which are others in each export.
            : [file.name, file.sizeBytes.map(String.init) ?? "", String(address.prefix { $0 != "?" && $0 != "#" })]
        return "\(file.source):\(file.id):\(SHA256Digest.hexadecimal(of: parts.joined(separator: "\u{0}")).prefix(32))"
    }

    private func now() throws -> Timestamp { try connection.currentTime(by: clock) }

    // MARK: Files

    func finish(_ download: Download, avatar: StoredFile) throws -> FileID? {
        let replaced = try connection.first("SELECT file_id FROM avatars WHERE user_id = \(download.subject)") {
            FileID($0.text(0))
        }
        try connection.insert(
            one: (UserID(download.subject), avatar), into: AvatarColumn.table,
            """
            ON CONFLICT (user_id) DO UPDATE SET file_id = excluded.file_id, media_type = excluded.media_type,
                size_bytes = excluded.size_bytes, created_at = excluded.created_at
            """)
        try forgetAvatarURL(download.url, of: download.subject)
        try end(download, file: avatar.id)
        try StoredAvatar.record(avatar.id, of: download, on: connection)
        // An undo gives it back.
        guard let replaced, try !StoredAvatar.earlierFiles(of: download.subject, on: connection).contains(replaced)
        else { return nil }
        return replaced
    }

    func finish(_ download: Download, file: StoredFile) throws {
        // The file belongs to the first message that carries it; without that message nobody may open it.
        if let (room, author, writtenAt) = try connection.first(
            """
            SELECT room_id, author_id, written_at FROM messages
            WHERE id IN (SELECT message_id FROM download_messages WHERE subject = \(download.subject))
            ORDER BY written_at, id LIMIT 1
            """, { ($0.text(0), $0.text(1), $0.timestamp(2)) })
        {
            try connection.insert(
                one: UploadColumn.Source(file: file, room: room, author: author, writtenAt: writtenAt),
                into: UploadColumn.table)
            try changeDetails(ofMessagesCarrying: download.subject) { $0.attach(file) }
        }
        try end(download, file: file.id)
    }

    func avatarURLs(of users: [UserID]) throws -> [UserID: String] {
        guard !users.isEmpty else { return [:] }
        return Dictionary(
            try connection.rows(
                "SELECT subject, url FROM downloads WHERE kind = 'avatar' AND subject \(in: users.map(\.rawValue))"
            ) { (UserID($0.text(0)), $0.text(1)) }
        ) { first, _ in first }
    }

    func avatar(of user: UserID) throws -> StoredFile? {
        try connection.rows(of: AvatarColumn.table, "WHERE user_id = \(user.rawValue)") { row in
            StoredFile(
                id: FileID(row.text(.fileID)), name: "avatar", mediaType: row.text(.mediaType),
                sizeBytes: row.count(.sizeBytes), createdAt: row.timestamp(.createdAt))
        }.first
    }

    func file(id: FileID) throws -> (file: StoredFile, room: RoomID)? {
        try connection.rows(of: UploadColumn.table, "WHERE id = \(id.rawValue)") { row in
            var pixels: PixelSize?
            if let width = row.optionalInteger(.width), let height = row.optionalInteger(.height) {
                pixels = PixelSize(width: Int(width), height: Int(height))
            }
            return (
                file: StoredFile(
                    id: id, name: row.text(.name), mediaType: row.text(.mediaType), sizeBytes: row.count(.sizeBytes),
                    pixels: pixels, createdAt: row.timestamp(.createdAt)), room: RoomID(row.text(.roomID))
            )
        }.first
    }

    /// Changes the details of every message that carries a file, and shows messages that were hidden until then.
    private func changeDetails(
        ofMessagesCarrying subject: String, _ change: (inout MessageDetails) -> Void
    ) throws {
        try changeDetails(ofMessagesCarrying: [subject]) { _, details in change(&details) }
    }

    /// Changes the details of every message that carries one of these files.
    private func changeDetails(
        ofMessagesCarrying subjects: [String], _ change: (_ subject: String, inout MessageDetails) -> Void
    ) throws {
        guard !subjects.isEmpty else { return }
        changes.note()
        var changed: [String: MessageDetails] = [:]
        for (subject, id, document) in try connection.rows(
            """
            SELECT subject, id, document FROM download_messages JOIN messages ON messages.id = message_id
            WHERE subject \(in: subjects)
            """, { ($0.text(0), $0.text(1), $0.optionalText(2)) })
        {
            // Damaged details show nothing; they are replaced by details that show the file.
            var details =
                changed[id] ?? (try? StoredMessageDetails.details(in: document)) ?? MessageDetails()
            change(subject, &details)
            changed[id] = details
        }
        for (id, details) in changed.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                """
                UPDATE messages SET document = \(StoredMessageDetails.text(of: details)), hidden = 0 WHERE id = \(id)
                """)
        }
    }

    func exists(_ file: FileID) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM uploads WHERE id = \(file.rawValue)
            UNION ALL SELECT 1 FROM avatars WHERE file_id = \(file.rawValue) LIMIT 1
            """)
    }

    /// Ends the download under every kind: a file of messages may be expected in an export and on a server.
    private func end(_ download: Download, file: FileID) throws {
        let kinds: [Download.Kind] = download.kind == .avatar ? [.avatar] : [.file, .archived]
        try connection.execute(
            """
            UPDATE downloads SET state = 'done', file_id = \(file.rawValue), reason = NULL, due_at = NULL,
                \(LeaseTables.ended)
            WHERE subject = \(download.subject) AND kind \(in: kinds.map(\.rawValue))
            """)
    }
}

enum DownloadColumn: Int, LeasedColumn {
    /// A new download.
    struct Source {
        let kind: Download.Kind
        let subject: String
        let url: String
        let name: String
        let mediaType: String?
        let state: Download.State
        let dueAt: Timestamp?
    }

    case number, kind, subject, url, host, name, mediaType, state, attempts, dueAt, reason, fileID, leaseToken,
        leaseOwner, leaseExpiresAt, leaseAttempts

    static let table = Table<DownloadColumn>(
        "downloads",
        defaulted: Set(
            [number, reason, fileID, leaseToken, leaseOwner, leaseExpiresAt, leaseAttempts].map(\.rawValue)))

    func value(of source: Source) -> SQLValue {
        switch self {
        case .kind: .text(source.kind.rawValue)
        case .subject: .text(source.subject)
        case .url: .text(source.url)
        case .host: .text(Download.host(of: source.url))
        case .name: .text(source.name)
        case .mediaType: .optional(source.mediaType)
        case .state: .text(source.state.rawValue)
        case .attempts: .integer(0)
        case .dueAt: .optional(source.dueAt?.milliseconds)
        case .number, .reason, .fileID, .leaseToken, .leaseOwner, .leaseExpiresAt, .leaseAttempts: .null
        }
    }
}

enum DownloadMessageColumn: Int, TableColumn {
    case subject, messageID

    static let table = Table<DownloadMessageColumn>("download_messages")
}

enum DownloadQueueColumn: Int, TableColumn {
    case id, control

    static let table = Table<DownloadQueueColumn>("download_queue")
}

enum AvatarColumn: Int, TableColumn {
    case userID, fileID, mediaType, sizeBytes, createdAt

    static let table = Table<AvatarColumn>("avatars")

    func value(of source: (user: UserID, file: StoredFile)) -> SQLValue {
        switch self {
        case .userID: .text(source.user.rawValue)
        case .fileID: .text(source.file.id.rawValue)
        case .mediaType: .text(source.file.mediaType)
        case .sizeBytes: source.file.sizeBytes.sqlValue
        case .createdAt: source.file.createdAt.sqlValue
        }
    }
}

enum UploadColumn: Int, TableColumn {
    /// A file, and the first message that carries it.
    struct Source {
        let file: StoredFile
        let room: String
        let author: String
        let writtenAt: Timestamp
    }

    case id, roomID, userID, name, mediaType, sizeBytes, width, height, createdAt

    static let table = Table<UploadColumn>("uploads")

    func value(of source: Source) -> SQLValue {
        switch self {
        case .id: .text(source.file.id.rawValue)
        case .roomID: .text(source.room)
        case .userID: .text(source.author)
        case .name: .text(source.file.name)
        case .mediaType: .text(source.file.mediaType)
        case .sizeBytes: source.file.sizeBytes.sqlValue
        case .width: source.file.pixels?.width.sqlValue ?? .null
        case .height: source.file.pixels?.height.sqlValue ?? .null
        case .createdAt: source.writtenAt.sqlValue
        }
    }
}

extension DownloadFilter {
    /// Whether avatars that were never queued match.
    fileprivate var includesNewAvatars: Bool { state ?? .waiting == .waiting && kind ?? .avatar == .avatar }
}
