import ImportDomain

/// Values to write into an account; nil leaves a value unchanged, or empty in a new account.
public struct AccountValues: Sendable {
    /// The full name.
    public var name: String?
    /// The one e-mail address.
    public var email: String?
    /// The username.
    public var username: String?
    /// The password in plain text.
    public var password: String?
    /// Whether the account gets a random password instead of `password`.
    public var setsRandomPassword: Bool?
    /// Whether the account may sign in.
    public var isActive: Bool?
    /// Role ids; the default roles are added to those of a new account.
    public var roles: [String]?
    /// The biography.
    public var bio: String?
    /// The nickname.
    public var nickname: String?
    /// The status text.
    public var statusText: String?
    /// Whether the password has to be changed at the next sign-in.
    public var requiresPasswordChange: Bool?
    /// Whether the address is verified.
    public var isVerified: Bool?
    /// Custom fields as the text of one JSON object.
    public var customFields: String?

    /// Creates values that change nothing.
    public init() {}

    /// Checks each value by itself.
    ///
    /// - Throws: `WorkspaceError.invalidValue`.
    func requireValid() throws(WorkspaceError) {
        // The same limits as those of imported users.
        let record = UserRecord(
            importIDs: [], emails: email.map { [$0] } ?? [], username: username, name: name, nickname: nickname,
            statusText: statusText, roles: roles ?? [], bio: bio, customFields: customFields)
        if let violation = record.limitViolation {
            // An account is given one address, an imported user a list of them.
            guard violation.field == "emails" else {
                throw .invalidValue(field: violation.field, reason: violation.message)
            }
            throw .invalidValue(
                field: "email",
                reason: "The value of email has \(email?.utf8.count ?? 0) bytes; the limit is "
                    + "\(RecordLimits.addressBytes).")
        }
        if let username, !Self.isUsername(username) {
            throw .invalidValue(field: "username", reason: "\(username) is not a valid username")
        }
        if let username, ReservedUsernames.contains(username) {
            throw .invalidValue(
                field: "username", reason: "The username \(username) is reserved. Choose another one.")
        }
        if let name, CaseFolding.trim(name).isEmpty {
            throw .invalidValue(field: "name", reason: "The field name must not be empty")
        }
        if let name, name.contains(where: { $0 == "<" || $0 == ">" }) {
            throw .invalidValue(field: "name", reason: "Name contains invalid characters")
        }
        if let email {
            let parts = email.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !email.contains(where: \.isWhitespace) else {
                throw .invalidValue(field: "email", reason: "Invalid email \(email)")
            }
        }
    }

    /// Source: Rocket.Chat's default of `UTF8_User_Names_Validation`.
    private static func isUsername(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "-_.".unicodeScalars.contains(scalar)
            }
    }

    /// The values that the account does not have yet.
    func changing(_ user: User) -> AccountValues {
        var changes = self
        if let username, let present = user.username, username.utf8.elementsEqual(present.utf8) {
            changes.username = nil
        }
        if let name, let present = user.name, name.utf8.elementsEqual(present.utf8) { changes.name = nil }
        // The first address is the one that a form shows; sent back unchanged, it does not replace the others.
        if let email, user.isFirstAddress(email) { changes.email = nil }
        if let roles, roles == user.roles { changes.roles = nil }
        if let bio, bio == user.bio { changes.bio = nil }
        if let nickname, nickname == user.nickname { changes.nickname = nil }
        if let statusText, statusText == user.statusText { changes.statusText = nil }
        return changes
    }
}

extension User {
    fileprivate func isFirstAddress(_ address: String) -> Bool {
        guard let first = emails.first?.address else { return false }
        return first.utf8.elementsEqual(CaseFolding.trim(address).utf8)
    }

    /// Takes values over.
    mutating func take(_ values: AccountValues) {
        if let name = values.name { self.name = name }
        if let email = values.email, isFirstAddress(email) {
            if let isVerified = values.isVerified { emails[0].isVerified = isVerified }
        } else if let email = values.email.map(CaseFolding.trim) {
            let isKnown = emails.first { CaseFolding.key($0.address) == CaseFolding.key(email) }?.isVerified ?? false
            emails = [EmailAddress(email, isVerified: values.isVerified ?? isKnown)]
        } else if let isVerified = values.isVerified {
            for index in emails.indices { emails[index].isVerified = isVerified }
        }
        if let username = values.username { self.username = username }
        if let isActive = values.isActive { self.isActive = isActive }
        if let roles = values.roles { self.roles = roles.distinct() }
        if let bio = values.bio { self.bio = bio }
        if let nickname = values.nickname { self.nickname = nickname }
        if let statusText = values.statusText { self.statusText = statusText }
        if let requiresPasswordChange = values.requiresPasswordChange {
            self.requiresPasswordChange = requiresPasswordChange
        }
        if let customFields = values.customFields { self.customFields = customFields }
    }
}
