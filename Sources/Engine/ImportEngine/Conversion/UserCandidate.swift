import ImportDomain
import JSON

/// A staged user, decoded, with everything by which decisions are made about it.
///
/// The rest of the record is encoded as the rows of a new account as soon as it is decoded (`account`), and kept only where
/// the policy is to update accounts.
///
/// A class: a copy of a structure with this many strings takes a reference count for each.
final class UserCandidate: Sendable {
    let sequence: RecordSequence
    /// The account that the record becomes, unless somebody else is there already.
    let id: UserID
    /// The given username, without white space at its ends.
    let username: String?
    /// The given name, without white space at its ends.
    let name: String?
    /// Addresses without repetition, each with its folded key.
    let addresses: [(address: String, key: String)]
    /// Import ids without repetition.
    let importIDs: [ImportID]
    /// The folded username, if one is given.
    let usernameKey: String?
    /// Usernames to try, best first, if none is given.
    let suggestions: [(username: String, key: String)]
    let roles: [String]
    /// The organization that gave the import ids.
    let organization: String?
    let isBot: Bool
    let isDeleted: Bool
    /// Whether an account of this username may be taken for the person when nothing else speaks for it.
    let isMatchedByUsername: Bool
    /// The record, if it updates accounts.
    let record: UserRecord?
    /// Whether the person is a guest in the source, and becomes a user by policy.
    let wasGuest: Bool

    /// Whether an import id is nothing but the username, which another person may have in another source.
    func isUsername(_ importID: ImportID) -> Bool { usernameKey == CaseFolding.key(importID.rawValue) }

    /// The username of the account, unless it is taken.
    var proposedUsername: String? { username ?? suggestions.first?.username }

    /// The name of the account under a username.
    func accountName(under username: String) -> AccountName {
        AccountName(username: username, name: name ?? NameGuess.name(from: username))
    }

    /// Decodes a staged document.
    ///
    /// - Throws: `RecordFailure` for a record that cannot be read.
    static func record(of staged: StagedRecord) throws(RecordFailure) -> UserRecord {
        do {
            return try JSONReader.read(staged.document) { try UserDocument.read(&$0).record }
        } catch {
            throw RecordFailure(
                code: .internalError, message: "The staged record cannot be read back: \(error)")
        }
    }

    /// A user of the staging area.
    ///
    /// - Throws: `RecordFailure` for a record that cannot be imported, whatever the workspace holds.
    init(
        _ record: UserRecord, sequence: RecordSequence, id: UserID, slugify: Bool, updates: Bool = false,
        wasGuest: Bool = false
    ) throws(RecordFailure) {
        if let violation = record.limitViolation {
            throw RecordFailure(code: .userValueTooLong, message: violation.message, field: violation.field)
        }
        if let type = record.type, !type.isEmpty, User.Kind(rawValue: type) == nil {
            throw RecordFailure(
                code: .userInvalidType, message: "The type must be \"user\" or \"bot\", not \"\(type.prefix(64))\".",
                field: "type")
        }
        self.sequence = sequence
        self.id = id
        self.record = updates && AccountUpdate.describes(record) ? record : nil
        addresses = record.emails.compactMap { email in
            let address = CaseFolding.trim(email)
            let key = CaseFolding.key(address)
            return key.isEmpty ? nil : (address, key)
        }.distinct { $0.key }
        importIDs = record.importIDs.compactMap { $0.isEmpty ? nil : ImportID($0) }.distinct()
        username = record.username.map(CaseFolding.trim).flatMap { $0.isEmpty ? nil : $0 }
        usernameKey = username.map(CaseFolding.key)
        guard username != nil || !addresses.isEmpty else {
            throw RecordFailure(
                code: .userMissingEmailAndUsername,
                message: "A user needs an e-mail address or a username; this one has neither.", field: "emails")
        }
        suggestions =
            username == nil
            ? UsernameSuggestion.candidates(
                name: record.name, address: addresses.first?.address, slugify: slugify
            ).map { ($0, CaseFolding.key($0)) } : []
        name = record.name.map(CaseFolding.trim).flatMap { $0.isEmpty ? nil : $0 }
        roles = record.roles
        organization = record.organization
        isBot = record.type == User.Kind.bot.rawValue
        isDeleted = record.isDeleted
        isMatchedByUsername = record.isMatchedByUsername && !isBot
        self.wasGuest = wasGuest
    }

    /// The account that the record describes.
    ///
    /// - Parameter record: the record of this candidate.
    func account(of record: UserRecord, passwordHash: String, secondFactor: Bool, at moment: Timestamp) -> User {
        let accountName = proposedUsername.map(accountName(under:))
        return User(
            id: id, username: accountName?.username, name: accountName?.name, kind: isBot ? .bot : .user,
            isActive: !isDeleted, roles: roles.isEmpty ? ["user"] : roles,
            emails: addresses.map { EmailAddress($0.address) }, importIDs: importIDs,
            bio: nonEmpty(record.bio), nickname: nonEmpty(record.nickname), statusText: nonEmpty(record.statusText),
            utcOffset: record.utcOffset, passwordHash: passwordHash, hasEmailSecondFactor: secondFactor,
            pendingAvatarURL: nonEmpty(record.avatarURL), customFields: record.customFields, createdAt: moment)
    }

    private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
