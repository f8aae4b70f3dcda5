import ImportDomain
import JSON

/// A staged user, decoded, with the keys by which it may clash with others.
struct UserCandidate: Sendable {
    let sequence: RecordSequence
    var record: UserRecord
    /// Addresses without repetition, each with its folded key.
    let addresses: [(address: String, key: String)]
    /// Import ids without repetition.
    let importIDs: [ImportID]
    /// The folded username, if one is given.
    let usernameKey: String?
    /// Usernames to try, best first, if none is given.
    let suggestions: [(username: String, key: String)]
    /// The stored hash of the password.
    var passwordHash: String?

    /// Whether an account of this username may be taken for the person when nothing else speaks for it.
    var isMatchedByUsername: Bool { record.isMatchedByUsername && record.type != User.Kind.bot.rawValue }

    /// Whether an import id is nothing but the username, which another person may have in another source.
    func isUsername(_ importID: ImportID) -> Bool { usernameKey == CaseFolding.key(importID.rawValue) }

    /// Decodes a staged document.
    ///
    /// - Throws: `RecordFailure` for a record that cannot be imported, whatever the workspace holds.
    init(_ staged: StagedRecord, slugify: Bool) throws {
        var record: UserRecord
        do {
            record = try JSONReader.read(staged.document) { try UserDocument.read(&$0).record }
        } catch {
            throw RecordFailure(
                code: .internalError, message: "The staged record cannot be read back: \(error)")
        }
        if let violation = record.limitViolation {
            throw RecordFailure(code: .userValueTooLong, message: violation.message, field: violation.field)
        }
        record.passwordDigest = staged.secret
        sequence = staged.sequence
        if let type = record.type, !type.isEmpty, User.Kind(rawValue: type) == nil {
            throw RecordFailure(
                code: .userInvalidType, message: "The type must be \"user\" or \"bot\", not \"\(type.prefix(64))\".",
                field: "type")
        }

        addresses = record.emails.compactMap { email in
            let address = CaseFolding.trim(email)
            let key = CaseFolding.key(address)
            return key.isEmpty ? nil : (address, key)
        }.distinct { $0.key }
        importIDs = record.importIDs.compactMap { $0.isEmpty ? nil : ImportID($0) }.distinct()

        let username = record.username.map(CaseFolding.trim).flatMap { $0.isEmpty ? nil : $0 }
        record.username = username
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
        self.record = record
    }

    /// The account that this record describes.
    func account(id: UserID, username: String, secondFactor: Bool, at moment: Timestamp) -> User {
        let name = record.name.map(CaseFolding.trim).flatMap { $0.isEmpty ? nil : $0 }
        return User(
            id: id, username: username, name: name ?? NameGuess.name(from: username),
            kind: record.type.flatMap(User.Kind.init) ?? .user, isActive: !record.isDeleted,
            roles: record.roles.isEmpty ? ["user"] : record.roles,
            emails: addresses.map { EmailAddress($0.address) }, importIDs: importIDs,
            bio: nonEmpty(record.bio), nickname: nonEmpty(record.nickname), statusText: nonEmpty(record.statusText),
            utcOffset: record.utcOffset,
            passwordHash: passwordHash, hasEmailSecondFactor: secondFactor,
            pendingAvatarURL: nonEmpty(record.avatarURL), customFields: record.customFields, createdAt: moment)
    }

    private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
