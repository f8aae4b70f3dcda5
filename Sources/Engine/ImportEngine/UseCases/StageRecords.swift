import ImportDomain
public import JSON

/// Adds the records of request bodies to the current operation: an adapter from bodies to an intake.
///
/// A body is read as a stream and staged in chunks, so memory does not depend on its size. Either all of its records are
/// staged or none.
public struct StageRecords: Sendable {
    private let environment: WorkspaceEnvironment
    private let queue = PreparationQueue()

    init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// Stages users (`import.addUsers`); plain-text passwords become digests at once.
    ///
    /// - Parameters:
    ///   - chunks: the body's bytes as they arrive.
    ///   - format: how the body holds its records.
    ///   - limits: how deep values may nest, and how many bytes one record may take.
    /// - Returns: the number of users; with none, nothing is checked and nothing changes.
    /// - Throws: `InvalidBody` for a body of another shape; then `ImportError` for an operation that takes no records,
    ///   for users without address or import id, for unknown roles, for a body that paused for too long; `StoreError`;
    ///   and whatever `chunks` throws.
    @discardableResult
    public func addUsers<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits = JSONLimits()
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let passwords = environment.passwords
        return try await add("users", from: chunks, format: format, limits: limits) { reader, request in
            var (user, password) = try RecordReading.user(&reader)
            request.check(user)
            guard request.isFaultless else { return nil }
            user = user.addingRoles(request.rules.defaultRoles)
            user.passwordDigest = password.flatMap { $0.isEmpty ? nil : passwords.digest(of: $0) }
            return .user(user)
        }
    }

    /// Stages rooms (`import.addChannels`).
    ///
    /// - Parameters: as `addUsers`.
    /// - Returns: the number of rooms; with none, nothing is checked and nothing changes.
    /// - Throws: `InvalidBody` for a body of another shape; `ImportError` for an operation that takes no records;
    ///   `StoreError`; and whatever `chunks` throws.
    @discardableResult
    public func addRooms<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits = JSONLimits()
    ) async throws -> Int where Chunks.Element == [UInt8] {
        try await add("channels", from: chunks, format: format, limits: limits) { reader, _ in
            .room(try RecordReading.room(&reader))
        }
    }

    /// Stages messages (`import.addMessages`).
    ///
    /// A message without `_id` gets a random one here, so that trying again does not double what was staged.
    /// - Parameters: as `addUsers`.
    /// - Returns: the number of messages; with none, nothing is checked and nothing changes.
    /// - Throws: as `addRooms`.
    @discardableResult
    public func addMessages<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits = JSONLimits()
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let (identifiers, now) = (environment.identifiers, environment.clock.now())
        return try await add("messages", from: chunks, format: format, limits: limits) { reader, _ in
            var message = try RecordReading.message(&reader)
            if message.id?.isEmpty ?? true { message.id = identifiers.userID(at: now).rawValue }
            return .message(message)
        }
    }

    /// - Parameters:
    ///   - property: the body's property that holds the records.
    ///   - read: reads a record; nil when it is only read for faults.
    private func add<Chunks: AsyncSequence & Sendable>(
        _ property: String, from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits,
        _ read: (inout JSONReader, inout Request) throws -> ImportRecord?
    ) async throws -> Int where Chunks.Element == [UInt8] {
        var request = Request(rules: try await environment.store.read { try Rules($0) })
        var body: any RecordBody =
            format == .json ? JSONRecordBody(property: property, limits: limits) : LineRecordBody(limits: limits)
        // A body that no operation takes is still read, because a fault of its shape is reported first.
        let intake = request.rules.operation.map { Intake(from: .request($0), in: environment, queue: queue) }
        do {
            return try await withThrowingTaskGroup(of: Void.self) { group in
                for try await chunk in chunks {
                    try chunk.withUnsafeBytes { bytes in
                        try body.receive(bytes) { try request.take(&$0, into: intake, read) }
                    }
                    guard let intake, case let full = intake.takeFullChunks(), !full.isEmpty else { continue }
                    // What follows is read while this is written, and no further.
                    try await group.next()
                    group.addTask { try await intake.stage(full) }
                }
                try body.finish { try request.take(&$0, into: intake, read) }
                try request.requireFaultless()
                try await group.next()
                guard let intake, request.count > 0 else { return request.count }
                try await intake.stage(intake.takeLastChunks())
                try await intake.accept()
                return request.count
            }
        } catch {
            // Why the request failed matters more than what it leaves, which an idle worker removes in time.
            try? await intake?.discard()
            throw error
        }
    }
}

extension StageRecords {
    /// What the workspace demands of records, as it is when their request begins.
    fileprivate struct Rules: Sendable {
        /// The operation that takes the records; nil when `refusal` says why none does.
        let operation: OperationID?
        /// Why no operation takes records at present.
        let refusal: ImportError?
        /// The roles that every user gets.
        let defaultRoles: [String]
        /// Every role of the workspace.
        let knownRoles: Set<String>

        init(_ transaction: any StoreTransaction) throws {
            var refusal: ImportError?
            let current = try transaction.operations.current()
            do {
                guard let current else {
                    throw ImportError.rejected(ImportRejection(.operationNotInitialized, of: .stageRecords))
                }
                try current.requireReceiving()
            } catch let error as ImportError {
                refusal = error
            }
            operation = refusal == nil ? current?.id : nil
            self.refusal = refusal
            defaultRoles = try transaction.settings.defaultRoles()
            knownRoles = try transaction.roles.roleIDs()
        }
    }

    /// One request: its rules, how many records were read, and the first fault of each kind.
    ///
    /// Source: `import.addUsers`: all users of a request are staged, or none.
    fileprivate struct Request {
        let rules: Rules
        private(set) var count = 0
        private var invalid: InvalidBody?
        private var missing: ImportError?
        private var invalidRole: ImportError?

        init(rules: Rules) { self.rules = rules }

        /// Whether records are staged; after the first fault the rest is only read for faults that are reported first.
        var isFaultless: Bool { rules.refusal == nil && invalid == nil && missing == nil && invalidRole == nil }

        /// Reads the next record and appends it.
        ///
        /// - Throws: `JSONError` for broken JSON; other faults wait for `requireFaultless()`.
        mutating func take(
            _ reader: inout JSONReader, into intake: Intake?,
            _ read: (inout JSONReader, inout Request) throws -> ImportRecord?
        ) throws {
            defer { count += 1 }
            do {
                if let record = try read(&reader, &self), isFaultless { intake?.append(record) }
            } catch let error as InvalidBody {
                invalid = invalid ?? InvalidBody(error.reason, index: count, field: error.field)
            }
        }

        /// Notes what a user lacks.
        mutating func check(_ user: UserRecord) {
            missing = missing ?? user.missingField.map { .missingUserData(index: count, field: $0) }
            if invalidRole == nil,
                let role = (rules.defaultRoles + user.roles).first(where: { !rules.knownRoles.contains($0) })
            {
                invalidRole = .invalidRole(index: count, role: role)
            }
        }

        /// Rejects the request for its first fault, in the order of Rocket.Chat's checks: shape, state of the operation,
        /// required data of all users, roles of all users.
        ///
        /// - Throws: `InvalidBody` or `ImportError`.
        func requireFaultless() throws {
            if let invalid { throw invalid }
            guard count > 0 else { return }
            if let refusal = rules.refusal { throw refusal }
            if let missing { throw missing }
            if let invalidRole { throw invalidRole }
        }
    }
}
