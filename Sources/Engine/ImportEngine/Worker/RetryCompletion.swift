import ImportDomain

/// Completes imported rooms and messages at the end of a retry: people and rooms that they name exist by now.
///
/// Rooms and messages that were imported are not tried again, so they would lack whom the retry brought. Each page is one
/// transaction that completes records and forgets what they lacked: after a crash the next worker continues.
/// Source: docs/architecture.md, "Trying failed records again".
struct RetryCompletion: Sendable {
    private static let membersAtOnce = 1_000
    private static let messagesAtOnce = 500
    private static let messageBytes = 1 << 20
    private static let rowsAtOnce = 8_000

    let store: any Store
    let clock: any WallClock
    let importers: [ImporterKey: ImporterDescription]

    /// Completes the records of a running operation, if its run is a retry, and ends the retry.
    ///
    /// - Throws: `StoreError`, `CancellationError`.
    func complete(_ operation: ImportOperation) async throws {
        guard try await store.read({ try $0.retries.request(of: operation.id) }) != nil else { return }
        var member: MissingMember?
        repeat {
            member = try await write(.completeRooms, to: operation.id) { [member] context, transaction in
                try Self.completeRooms(of: context, after: member, in: transaction)
            }
        } while member != nil
        var message: MessageID?
        repeat {
            message = try await write(.completeMessages, to: operation.id) { [message] context, transaction in
                try Self.completeMessages(of: context, after: message, in: transaction)
            }
        } while message != nil
        // Once nothing is left to be tried, nothing is left to be completed.
        let isMended = operation.counts.values.allSatisfy { $0.error == 0 }
        var isMore: Bool?
        repeat {
            isMore = try await write(.endRetry, to: operation.id) { context, transaction in
                if isMended, try transaction.incomplete.forget(context.number, limit: Self.rowsAtOnce) { return true }
                try transaction.retries.end(of: context.operation.id)
                return nil
            }
        } while isMore == true
    }

    /// - Returns: nil if the operation does not run any more.
    private func write<Result: Sendable>(
        _ name: DurableWrite, to id: OperationID,
        _ work: @escaping @Sendable (ConversionContext, any StoreTransaction) throws -> Result?
    ) async throws -> Result? {
        try Task.checkCancellation()
        return try await store.write(name) { [store, clock, importers] transaction in
            // Alone: two workers must not complete the same records.
            guard let operation = try transaction.operations.find(id: id), operation.lifecycle.isRunning,
                operation.phase == .running(.finishing), let number = operation.number
            else { return nil }
            let context = ConversionContext(
                operation: operation, number: number,
                namesPeopleByUsername: importers[operation.importerKey]?.namesPeopleByUsername ?? false,
                settings: try ConversionSettings(transaction.settings), store: ImportedWorkspace(store: store),
                moment: clock.now())
            return try work(context, transaction)
        }
    }

    // MARK: Rooms

    /// Adds people to the rooms whose records name them.
    ///
    /// - Returns: the last one of the page; nil at the end.
    private static func completeRooms(
        of context: ConversionContext, after last: MissingMember?, in transaction: any StoreTransaction
    ) throws -> MissingMember? {
        let page = try transaction.incomplete.members(of: context.number, after: last, limit: membersAtOnce)
        guard let end = page.last else { return nil }
        let people = try PeopleDirectory(
            of: Set(page.map(\.importID)), context: context, in: transaction.importTarget)
        let found = page.compactMap { member in
            people.holder(of: member.importID).map { (member: member, user: $0.id) }
        }
        guard !found.isEmpty else { return end }
        let guests = try transaction.users.users(
            holdingAnyOf: [Role.guest], among: Array(Set(found.map(\.user))))
        for (room, members) in Dictionary(grouping: found, by: \.member.roomID)
            .sorted(by: { $0.key.rawValue < $1.key.rawValue })
        {
            guard let room = try transaction.rooms.find(id: room) else { continue }
            let joining = Set(
                members.filter { $0.member.admitsGuest || !guests.contains($0.user) }.map(\.user))
            let new = joining.subtracting(try transaction.rooms.members(of: room.id, among: joining))
            if !new.isEmpty {
                try transaction.rooms.join(
                    [
                        JoiningMembers(
                            roomID: room.id, users: new.sorted { $0.rawValue < $1.rawValue }, ownerID: nil,
                            isArchived: room.isArchived, joinedAt: room.createdAt)
                    ], by: context.number)
            }
            if let owner = members.first(where: { $0.member.standIn != nil }) {
                _ = try transaction.incomplete.handOver(
                    room.id, to: owner.member, owner.user, by: context.number)
            }
        }
        try transaction.incomplete.remove(found.map(\.member), of: context.number)
        return end
    }

    // MARK: Messages

    /// Adds to messages what they name: mentions, reactions, followers, editors, and names in their texts.
    ///
    /// - Returns: the last one of the page; nil at the end.
    private static func completeMessages(
        of context: ConversionContext, after last: MessageID?, in transaction: any StoreTransaction
    ) throws -> MessageID? {
        let page = try transaction.incomplete.messages(
            of: context.number, after: last, limit: messagesAtOnce, bytes: messageBytes)
        guard let end = page.last else { return nil }
        let names = NamesInMessages(page.compactMap(MessageBatch.record(of:)))
        let directory = try MessageDirectory(names, context: context, in: transaction.importTarget)
        let held = Dictionary(
            uniqueKeysWithValues: try transaction.messages.find(ids: page.map(\.id)).map { ($0.id, $0) })
        var (done, left) = ([MessageID](), [IncompleteMessage]())
        for incomplete in page {
            guard
                incomplete.people.contains(where: { directory.people[$0] != nil })
                    || incomplete.rooms.contains(where: { directory.rooms[$0] != nil })
            else { continue }
            done.append(incomplete.id)
            guard let before = held[incomplete.id],
                let completed = MessageBatch.completed(incomplete, held: before, by: directory)
            else { continue }
            if completed.message != before {
                try transaction.messages.update(completed.message, replacing: before, by: context.number)
            }
            guard let unknown = completed.unknown else { continue }
            left.append(
                IncompleteMessage(
                    id: incomplete.id, sequence: incomplete.sequence, document: incomplete.document,
                    people: unknown.people, rooms: unknown.rooms))
        }
        try transaction.incomplete.remove(done, of: context.number)
        try transaction.incomplete.note(left, by: context.number)
        return end.id
    }
}
