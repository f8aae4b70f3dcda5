import ImportDomain
import SQL

/// Restores the previous values of fields that an import changed, where the present value is still the import's.
struct Restoration {
    let undo: UndoSubject
    let connection: any SQLConnection
    let clock: any WallClock
    let rights: RemainingRights
    /// Which of these ids of the import's own data are kept.
    let keptOf: (_ kind: UndoneKind, _ ids: [String]) throws -> Set<ExactString>

    /// Decides about subjects of one kind.
    ///
    /// - Returns: what to write, and what stays.
    func decide(_ kind: String, _ subjects: [[RecordedChange]]) throws -> ([RestoredSubject], [KeptItem]) {
        let ids = subjects.compactMap(\.first?.id)
        var present: [ExactString: any PresentSubject] = [:]
        switch kind {
        case "message":
            for message in try messages(ids) { present[ExactString(message.id)] = message }
        case "room":
            for room in try rooms(ids) { present[ExactString(room.id)] = room }
        default:
            let withAvatars = subjects.filter { $0.contains { PresentUser.avatarFields.contains($0.field) } }
            for user in try users(ids, withAvatars: Set(withAvatars.compactMap(\.first?.id).map { ExactString($0) })) {
                present[ExactString(user.id)] = user
            }
        }
        let own = try own(kind, ids)
        var (restored, kept) = ([RestoredSubject](), [KeptItem]())
        for changes in subjects {
            guard let first = changes.first else { continue }
            // What the import created itself goes as a whole, or stays as it is.
            guard !own.contains(ExactString(first.id)) else { continue }
            var result = RestoredSubject(kind: kind, id: first.id)
            guard let subject = present[ExactString(first.id)] else {
                // It was deleted since.
                result.handled = changes.map(\.field)
                try result.forgetFiles(of: changes)
                restored.append(result)
                continue
            }
            if let reason = try subject.restore(changes, in: &result, by: self) {
                kept.append(
                    KeptItem(UndoneKind(rawValue: kind) ?? .room, id: first.id, name: subject.shownName, reason))
            }
            if !result.handled.isEmpty { restored.append(result) }
        }
        return (restored, kept)
    }

    private func own(_ kind: String, _ ids: [String]) throws -> Set<ExactString> {
        Set(
            try connection.rows(
                """
                SELECT id FROM \(name: kind + "s")
                WHERE import_number = \(undo.number.rawValue) AND id \(in: ids)
                """
            ) { ExactString($0.text(0)) })
    }

    private func messages(_ ids: [String]) throws -> [PresentMessage] {
        try MessageTables(connection: connection, clock: clock, changes: WorkspaceChanges(connection: connection))
            .find(ids: ids.map { MessageID($0) }).map(PresentMessage.init)
    }

    private func rooms(_ ids: [String]) throws -> [PresentRoom] {
        try RoomTables(connection: connection, clock: clock, changes: WorkspaceChanges(connection: connection))
            .find(ids: ids.map { RoomID($0) }).map(PresentRoom.init)
    }

    private func users(_ ids: [String], withAvatars: Set<ExactString>) throws -> [PresentUser] {
        try UserTables(connection: connection, changes: WorkspaceChanges(connection: connection))
            .users("WHERE id \(in: ids) ORDER BY id \(.lock)").map { user in
                let id = user.id.rawValue
                return PresentUser(
                    user: user,
                    avatar: withAvatars.contains(ExactString(id))
                        ? try StoredAvatar.present(of: id, on: connection) : nil)
            }
    }

    /// Whether a unique value belongs to another row that stays.
    ///
    /// - Parameter holders: selects ids and import numbers of the rows that have the value.
    func isTaken(_ kind: UndoneKind, _ holders: SQLQuery) throws -> Bool {
        let rows = try connection.rows(holders) { ($0.text(0), $0.optionalInteger(1)) }
        if rows.contains(where: { $0.1 != undo.number.rawValue }) { return true }
        return try !keptOf(kind, rows.map(\.0)).isEmpty
    }

    /// Writes restored values and forgets the changes.
    static func write(
        _ subject: RestoredSubject, of undo: UndoSubject, on connection: any SQLConnection, clock: any WallClock,
        changes: WorkspaceChanges
    ) throws {
        if !subject.fields.isEmpty {
            var query: SQLQuery = "UPDATE \(name: subject.kind + "s") SET "
            for (index, field) in subject.fields.enumerated() {
                query = query + (index > 0 ? ", " : "") + "\(name: field.name) = \(values: [field.value])"
            }
            if subject.kind != "message" { query = query + ", updated_at = \(clock.now())" }
            try connection.execute(query + " WHERE id = \(subject.id)")
        }
        if let emails = subject.emails {
            try connection.execute("DELETE FROM user_emails WHERE user_id = \(subject.id)")
            try connection.insert(
                emails.enumerated().map { position, email in
                    EmailColumn.Source(
                        key: CaseFolding.key(email.address), user: UserID(subject.id), position: position, email: email)
                }, into: EmailColumn.table)
        }
        if let isArchived = subject.archivesMembers {
            try connection.execute("UPDATE subscriptions SET archived = \(isArchived) WHERE room_id = \(subject.id)")
        }
        if let avatar = subject.avatar { try avatar.restore(to: subject.id, on: connection, clock: clock) }
        if subject.endsSessions { try connection.execute("DELETE FROM sessions WHERE user_id = \(subject.id)") }
        if let room = subject.room {
            try RoomTables(connection: connection, clock: clock, changes: changes).touch([room: 0], by: undo.operation)
            try MessageTables(connection: connection, clock: clock, changes: changes).touch(
                subject.threads.map { TouchedThread(parentID: MessageID($0), roomID: room, startedAt: nil) },
                by: undo.operation)
        }
        try connection.execute(
            """
            DELETE FROM import_changes WHERE import_number = \(undo.number.rawValue)
                AND subject_kind = \(subject.kind) AND subject_id = \(subject.id) AND field \(in: subject.handled)
            """)
        try StoredAvatar.remove(subject.unusedFiles, of: subject.id, on: connection)
    }
}

/// A field that the import changed, as it is stored.
struct RecordedChange: Sendable {
    let kind: String
    let id: String
    let field: String
    let before: String?
    let after: String?
}

/// What is written to a subject.
struct RestoredSubject: Sendable {
    let kind: String
    let id: String
    /// Columns and their restored values.
    var fields: [(name: String, value: SQLValue)] = []
    /// Restored addresses of an account.
    var emails: [EmailAddress]?
    /// Whether subscriptions become archived, or not any more.
    var archivesMembers: Bool?
    /// The avatar and request that the account gets back; without both it gets none.
    var avatar: StoredAvatar?
    /// Files of avatars that may have no name any more.
    var unusedFiles: Set<FileID> = []
    /// Whether the account cannot sign in any more.
    var endsSessions = false
    /// The room of a message, to be recounted.
    var room: RoomID?
    /// First messages of threads to be recounted.
    var threads: [String] = []
    /// The fields whose changes are forgotten.
    var handled: [String] = []

    init(kind: String, id: String) {
        self.kind = kind
        self.id = id
    }

    /// Whether anything is written.
    var isRestored: Bool { !fields.isEmpty || emails != nil || avatar != nil }

    /// Removes the bytes of earlier avatars that these changes name.
    mutating func forgetFiles(of changes: [RecordedChange]) throws {
        for change in changes where change.kind == "user" && change.field == StoredAvatar.field {
            guard let before = change.before, let file = try StoredAvatar(text: before).file else { continue }
            unusedFiles.insert(file.id)
        }
    }
}

/// A row that an import changed, as it is now.
private protocol PresentSubject {
    var id: String { get }
    var shownName: String? { get }

    /// Adds what is to be restored.
    ///
    /// - Returns: why a field keeps its present value; nil if none does.
    func restore(
        _ changes: [RecordedChange], in result: inout RestoredSubject, by restoration: Restoration
    ) throws -> KeptReason?
}

extension PresentSubject {
    /// Restores one column if its present value is the import's.
    ///
    /// - Returns: whether the column has its previous value then.
    fileprivate func restore(
        _ change: RecordedChange, present: String?, isNumber: Bool, in result: inout RestoredSubject
    ) -> Bool {
        if present == change.after {
            result.fields.append((change.field, Self.value(of: change.before, isNumber: isNumber)))
        } else if present != change.before {
            return false
        }
        result.handled.append(change.field)
        return true
    }

    private static func value(of text: String?, isNumber: Bool) -> SQLValue {
        guard let text else { return .null }
        guard isNumber else { return .text(text) }
        return Int64(text).map(SQLValue.integer) ?? Double(text).map(SQLValue.real) ?? .null
    }
}

private struct PresentMessage: PresentSubject {
    let message: Message
    var id: String { message.id.rawValue }
    var shownName: String? { nil }

    private static let numbers: Set<MessageColumn> = [
        .writtenAt, .sequence, .shownInRoom, .editedAt, .pinned, .hidden, .recordDigest,
    ]

    func restore(
        _ changes: [RecordedChange], in result: inout RestoredSubject, by restoration: Restoration
    ) throws -> KeptReason? {
        var reason: KeptReason?
        var details = message.details
        result.threads = [id] + [message.threadID?.rawValue].compactMap { $0 }
        for change in changes {
            switch change.field {
            case ImportChange.followersField:
                details.removeFollowers(
                    FollowerList.users(in: change.after).subtracting(FollowerList.users(in: change.before)))
                result.handled.append(change.field)
            case MessageColumn.document.name:
                // Damaged details are left as they are.
                guard let before = try? StoredMessageDetails.details(in: change.before),
                    let after = try? StoredMessageDetails.details(in: change.after)
                else {
                    reason = .fieldChanged
                    continue
                }
                if details.core == after.core {
                    details = before.replacing(after, in: details)
                } else if details.core != before.core {
                    reason = .fieldChanged
                    continue
                }
                result.handled.append(change.field)
            default:
                guard let column = MessageColumn.allCases.first(where: { $0.name == change.field }) else { continue }
                let isRestored = restore(
                    change, present: column.value(of: .init(message)).recordedText,
                    isNumber: Self.numbers.contains(column), in: &result)
                if !isRestored { reason = .fieldChanged }
                if column == .threadID, let thread = change.before { result.threads.append(thread) }
            }
        }
        if reason != nil, result.isRestored, message.recordDigest != nil {
            // The message is of no record any more.
            result.fields.removeAll { $0.name == MessageColumn.recordDigest.name }
            result.fields.append((MessageColumn.recordDigest.name, .null))
        }
        if details != message.details {
            result.fields.append(
                (MessageColumn.document.name, .optional(StoredMessageDetails.text(of: details))))
        }
        if result.isRestored { result.room = message.roomID }
        return reason
    }
}

private struct PresentRoom: PresentSubject {
    let room: Room
    var id: String { room.id.rawValue }
    var shownName: String? { room.displayName ?? room.name }

    func restore(
        _ changes: [RecordedChange], in result: inout RestoredSubject, by restoration: Restoration
    ) throws -> KeptReason? {
        var reason: KeptReason?
        for change in changes {
            guard let column = RoomColumn.updated.first(where: { $0.name == change.field }) else { continue }
            let present = column.value(of: RoomColumn.Source(room: room, number: nil)).recordedText
            if column == .name, present == change.after, let name = change.before {
                let isTaken = try restoration.isTaken(
                    .room,
                    "SELECT id, import_number FROM rooms WHERE name_key = \(CaseFolding.key(name)) AND id <> \(id)")
                guard !isTaken else {
                    reason = .valueTaken
                    continue
                }
                result.fields.append((RoomColumn.nameKey.name, .text(CaseFolding.key(name))))
            }
            guard restore(change, present: present, isNumber: column == .archived, in: &result) else {
                reason = .fieldChanged
                continue
            }
            if column == .archived { result.archivesMembers = change.before == "1" }
        }
        return reason
    }
}

private struct PresentUser: PresentSubject {
    let user: User
    /// Read only if the import requested an avatar.
    let avatar: StoredAvatar?
    var id: String { user.id.rawValue }
    var shownName: String? { user.username }

    private static let numbers: Set<UserColumn> = [.active, .utcOffset, .requiresPasswordChange, .emailSecondFactor]

    func restore(
        _ changes: [RecordedChange], in result: inout RestoredSubject, by restoration: Restoration
    ) throws -> KeptReason? {
        var reason: KeptReason?
        let missedRight = try rightsReason(changes, by: restoration)
        if changes.contains(where: { Self.avatarFields.contains($0.field) }) {
            reason = try restoreAvatar(changes, in: &result)
        }
        for change in changes where !Self.avatarFields.contains(change.field) {
            if change.field == ImportChange.emailsField {
                let present = StoredAddresses.text(of: user.emails)
                if present == change.after {
                    let emails = try StoredAddresses.addresses(in: change.before ?? "[]")
                    let isTaken = try restoration.isTaken(
                        .user,
                        """
                        SELECT users.id, users.import_number FROM user_emails
                        JOIN users ON users.id = user_emails.user_id
                        WHERE address_key \(in: emails.map { CaseFolding.key($0.address) }) AND users.id <> \(id)
                        """)
                    guard !isTaken else {
                        reason = .valueTaken
                        continue
                    }
                    result.emails = emails
                } else if present != change.before {
                    reason = .fieldChanged
                    continue
                }
                result.handled.append(change.field)
                continue
            }
            guard let column = UserColumn.recorded.first(where: { $0.name == change.field }) else { continue }
            let present = column.recordedText(of: user)
            if missedRight != nil, present == change.after, [.roles, .active].contains(column) { continue }
            if column == .username, present == change.after, let name = change.before {
                let isTaken = try restoration.isTaken(
                    .user,
                    "SELECT id, import_number FROM users WHERE username_key = \(CaseFolding.key(name)) AND id <> \(id)")
                guard !isTaken else {
                    reason = .valueTaken
                    continue
                }
                result.fields.append((UserColumn.usernameKey.name, .text(CaseFolding.key(name))))
            }
            guard restore(change, present: present, isNumber: Self.numbers.contains(column), in: &result) else {
                reason = .fieldChanged
                continue
            }
            guard present == change.after else { continue }
            switch column {
            case .roles:
                let roles = try StoredRoles.roles(in: change.before ?? "[]")
                result.fields.append((UserColumn.administrator.name, .flag(roles.contains(Role.administrator))))
            case .active: result.endsSessions = change.before == "0"
            default: break
            }
        }
        return missedRight ?? reason
    }

    static let avatarFields: Set<String> = [UserColumn.pendingAvatarURL.name, StoredAvatar.field]

    /// Restores the avatar that the account had before the import requested another one, and the request for it.
    ///
    /// - Returns: why the account keeps the present one; nil if it does not.
    private func restoreAvatar(
        _ changes: [RecordedChange], in result: inout RestoredSubject
    ) throws -> KeptReason? {
        guard let request = changes.first(where: { $0.field == UserColumn.pendingAvatarURL.name }) else {
            result.handled.append(StoredAvatar.field)
            try result.forgetFiles(of: changes)
            return nil
        }
        let recorded = changes.first { $0.field == StoredAvatar.field }
        let before = try recorded?.before.map { try StoredAvatar(text: $0) } ?? StoredAvatar(file: nil, request: nil)
        let isRequested = avatar?.request?.url == request.after
        if user.pendingAvatarURL == request.after {
            // Nothing was downloaded. Imports of earlier versions did not record what was there.
            result.avatar =
                recorded != nil
                ? before
                : StoredAvatar(file: avatar?.file, request: avatar?.file.map { _ in StoredAvatar.Request() })
        } else if user.pendingAvatarURL == nil, isRequested, avatar?.request?.state == .done {
            guard let recorded else { return .avatarReplaced }
            guard let file = avatar?.file, file.id.rawValue == recorded.after else { return .fieldChanged }
            result.avatar = before
            result.unusedFiles.insert(file.id)
        } else if user.pendingAvatarURL == nil, isRequested, recorded != nil {
            // The download was given up.
            result.avatar = before
        } else if user.pendingAvatarURL != request.before || avatar?.file?.id != before.file?.id {
            return .fieldChanged
        }
        if result.avatar != nil, user.pendingAvatarURL != request.before {
            result.fields.append((UserColumn.pendingAvatarURL.name, .optional(request.before)))
        }
        result.handled += [UserColumn.pendingAvatarURL.name, StoredAvatar.field]
        try result.forgetFiles(of: changes)
        return nil
    }

    /// Why the account keeps its roles and activation, if their previous values would leave a right to nobody.
    private func rightsReason(_ changes: [RecordedChange], by restoration: Restoration) throws -> KeptReason? {
        var (roles, isActive) = (user.roles, user.isActive)
        for change in changes {
            switch UserColumn.recorded.first(where: { $0.name == change.field }) {
            case .roles? where UserColumn.roles.recordedText(of: user) == change.after:
                roles = try StoredRoles.roles(in: change.before ?? "[]")
            case .active? where UserColumn.active.recordedText(of: user) == change.after:
                isActive = change.before == "1"
            default: break
            }
        }
        guard roles != user.roles || isActive != user.isActive else { return nil }
        return try restoration.rights.reason(
            toKeep: RemainingRights.Account(roles: user.roles, isActive: user.isActive),
            insteadOf: RemainingRights.Account(roles: roles, isActive: isActive))
    }
}

extension MessageDetails {
    /// What only a source or a person changes: followers and the state of the file follow from other messages and from
    /// downloads.
    fileprivate var core: MessageDetails {
        var core = self
        core.removeFollowers(Set(followers))
        core.file = nil
        return core
    }

    /// These details instead of an import's, with what was added to the import's since.
    fileprivate func replacing(_ imported: MessageDetails, in present: MessageDetails) -> MessageDetails {
        var details = self
        if present.file != imported.file { details.file = present.file }
        let (own, others) = (Set(followers), Set(imported.followers))
        details.removeFollowers(own)
        details.addFollowers(present.followers.filter { own.contains($0) || !others.contains($0) })
        details.addFollowers(followers)
        return details
    }
}
