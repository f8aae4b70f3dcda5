import ImportDomain
import JSON

/// What the workspace demands of staged users, as it is when their request begins.
struct IntakeRules: Sendable {
    /// The operation that takes the records; nil when `refusal` says why none does.
    let operation: OperationID?
    /// Why records are refused at present.
    let refusal: ImportError?
    /// The roles that every user gets.
    let defaultRoles: [String]
    /// Every role of the workspace.
    let knownRoles: Set<String>

    init(_ transaction: any StoreTransaction) throws {
        var refusal: ImportError?
        let current = try transaction.operations.current()
        do {
            guard let current else { throw ImportError.operationNotInitialized }
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

/// Checks users one after the other and turns them into drafts; remembers the first fault of each kind.
///
/// Source: `import.addUsers`: all users of a request are staged, or none.
struct UserIntake {
    private let rules: IntakeRules
    private let passwords: any PasswordHasher
    private(set) var userCount = 0
    /// The users on their way into the staging area; whoever feeds the intake stages what is complete.
    var batches = DraftBatches()
    private var invalid: InvalidBody?
    private var missing: ImportError?
    private var invalidRole: ImportError?

    init(rules: IntakeRules, passwords: any PasswordHasher) {
        self.rules = rules
        self.passwords = passwords
    }

    /// Reads the next user.
    ///
    /// - Throws: `JSONError` for broken JSON; other faults wait for `requireFaultless()`.
    mutating func add(_ reader: inout JSONReader) throws {
        defer { userCount += 1 }
        do {
            let (record, password) = try UserDocument.read(&reader)
            if let invalid = InvalidBody(record.limitViolation) { throw invalid }
            check(record)
            if isAcceptable { append(record, password: password) }
        } catch let error as InvalidBody {
            invalid = invalid ?? InvalidBody(error.reason, index: userCount, field: error.field)
        }
    }

    /// Refuses the request for its first fault, in the order of Rocket.Chat's checks: shape, state of the operation,
    /// required data of all users, roles of all users.
    ///
    /// - Throws: `InvalidBody` or `ImportError`.
    func requireFaultless() throws {
        if let invalid { throw invalid }
        guard userCount > 0 else { return }
        if let refusal = rules.refusal { throw refusal }
        if let missing { throw missing }
        if let invalidRole { throw invalidRole }
    }

    private var isAcceptable: Bool { rules.refusal == nil && invalid == nil && missing == nil && invalidRole == nil }

    private mutating func check(_ record: UserRecord) {
        if missing == nil {
            if record.emails.allSatisfy(\.isEmpty) {
                missing = .missingUserData(index: userCount, field: "emails")
            } else if record.importIDs.allSatisfy(\.isEmpty) {
                missing = .missingUserData(index: userCount, field: "importIds")
            }
        }
        if invalidRole == nil,
            let role = (rules.defaultRoles + record.roles).first(where: { !rules.knownRoles.contains($0) })
        {
            invalidRole = .invalidRole(index: userCount, role: role)
        }
    }

    private mutating func append(_ record: UserRecord, password: String?) {
        var record = record
        // A guest with the default roles would be no guest.
        if !record.roles.contains(Role.guest) { record.roles = union(record.roles, rules.defaultRoles) }
        let digest = password.flatMap { $0.isEmpty ? nil : passwords.digest(of: $0) }
        batches.add(
            RecordDraft(
                importID: record.importIDs.first { !$0.isEmpty } ?? "", document: UserDocument.text(of: record),
                secret: digest))
    }

    /// Both lists, each role once, in order.
    private func union(_ roles: [String], _ defaults: [String]) -> [String] {
        var seen = Set<String>()
        return (roles + defaults).filter { seen.insert($0).inserted }
    }
}
