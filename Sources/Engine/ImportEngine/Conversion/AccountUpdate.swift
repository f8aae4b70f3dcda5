import ImportDomain
import JSON

/// An account with the values of a record: what the policy `update` makes of it.
///
/// A record gives no rights: neither roles with permissions that the account lacks nor a password, and nobody stops
/// being a guest.
/// Source: docs/importers.md, "Updated accounts".
struct AccountUpdate {
    /// The account as it is.
    let before: User
    /// The account as it is then.
    private(set) var after: User
    /// Values of the record that the account does not get.
    private(set) var findings: [ImportFinding] = []
    private let candidate: UserCandidate
    private let record: UserRecord

    /// - Parameters:
    ///   - candidate: a record with `record`.
    ///   - requestedAvatar: the address from which the account's avatar was requested last.
    init(of account: User, by candidate: UserCandidate, record: UserRecord, requestedAvatar: String?) {
        before = account
        after = account
        self.candidate = candidate
        self.record = record
        takeProfile(requestedAvatar: requestedAvatar)
        takeCustomFields()
    }

    /// Whether the record describes anybody: a stand-in for somebody whom the source only names updates nothing.
    static func describes(_ record: UserRecord) -> Bool {
        record.isMatchedByUsername || !record.isDeleted || record.emails.contains { !CaseFolding.trim($0).isEmpty }
    }

    private mutating func takeProfile(requestedAvatar: String?) {
        if let name = candidate.name { after.name = name }
        if let nickname = Self.given(record.nickname) { after.nickname = nickname }
        if let bio = Self.given(record.bio) { after.bio = bio }
        if let statusText = Self.given(record.statusText) { after.statusText = statusText }
        if let utcOffset = record.utcOffset, utcOffset != 0 { after.utcOffset = utcOffset }
        if Self.given(record.type) != nil { after.kind = candidate.isBot ? .bot : .user }
        // An avatar that was downloaded already is not downloaded again.
        if let avatarURL = Self.given(record.avatarURL), before.pendingAvatarURL != nil || avatarURL != requestedAvatar
        {
            after.pendingAvatarURL = avatarURL
        }
    }

    /// Merges custom fields leaf by leaf; lists are replaced.
    private mutating func takeCustomFields() {
        guard let given = record.customFields.flatMap({ try? JSONValue(parsing: $0) }) else { return }
        // What is stored was written by Ferry; an account without fields has none.
        let present = before.customFields.flatMap { try? JSONValue(parsing: $0) } ?? .object([])
        let merged = Self.merged(present, given)
        guard merged != present else { return }
        let text = merged.serialized()
        guard text.utf8.count <= RecordLimits.customFieldsBytes else {
            report(
                "customFields", nil,
                "keeps its custom fields. Together with those of the record they would exceed "
                    + "\(RecordLimits.customFieldsBytes) bytes.")
            return
        }
        after.customFields = text
    }

    private static func merged(_ present: JSONValue, _ given: JSONValue) -> JSONValue {
        guard case .object(var members) = present, case .object(let others) = given else { return given }
        var places: [ExactString: Int] = [:]
        for (place, member) in members.enumerated() { places[ExactString(member.key)] = place }
        for member in others {
            if let place = places[ExactString(member.key)] {
                members[place].value = merged(members[place].value, member.value)
            } else {
                places[ExactString(member.key)] = members.count
                members.append(member)
            }
        }
        return .object(members)
    }

    /// Takes the username over, if no other account has it.
    mutating func takeUsername(isFree: (_ key: String) -> Bool) {
        guard let username = candidate.username, let key = candidate.usernameKey, username != before.username else {
            return
        }
        guard before.username.map(CaseFolding.key) == key || isFree(key) else {
            report("username", username, "keeps its username. Another account has the username of the record.")
            return
        }
        after.username = username
    }

    /// Replaces the addresses by those of the record that no other account has; the same address keeps its spelling, and
    /// stays verified.
    mutating func takeAddresses(isFree: (_ key: String) -> Bool) {
        let present = Dictionary(before.emails.map { (CaseFolding.key($0.address), $0) }) { first, _ in first }
        var emails: [EmailAddress] = []
        for (address, key) in candidate.addresses {
            if let known = present[key] {
                emails.append(known)
            } else if isFree(key) {
                emails.append(EmailAddress(address))
            } else {
                report("emails", address, "does not get this address of the record. Another account has it.")
            }
        }
        if !emails.isEmpty { after.emails = emails }
    }

    /// Takes roles over, if the record has others than everybody has, and the activation.
    mutating func takeRights(_ rights: RoleRights) {
        let given = record.roles.distinct()
        if !given.isEmpty, Set(given) != Set(rights.defaultRoles) {
            let held = Set(before.roles)
            let refused = Set(given.filter { !held.contains($0) && rights.gives($0, beyond: before.roles) })
            if !refused.isEmpty {
                report(
                    "roles", refused.sorted().joined(separator: ", "),
                    "does not get these roles of the record. They give permissions that it does not have.")
            }
            var kept = Set(given).subtracting(refused)
            if held.contains(Role.guest) { kept.insert(Role.guest) }
            let roles = before.roles.filter(kept.contains) + given.filter { kept.contains($0) && !held.contains($0) }
            if !roles.isEmpty { after.roles = roles }
        }
        if record.isDeleted {
            after.isActive = false
        } else if record.isActivated, !before.isActive {
            guard rights.administrative.isDisjoint(with: before.roles) else {
                report("deleted", "false", "stays deactivated. It has administrative rights.")
                return
            }
            after.isActive = true
        }
    }

    /// Whether an active account with administrative rights loses some.
    func takesAdministration(_ rights: RoleRights) -> Bool {
        let administrative = rights.administrative.union(rights.accessPermissions).intersection(before.roles)
        return before.isActive && (!after.isActive || !administrative.isSubset(of: after.roles))
            && !administrative.isEmpty
    }

    /// Leaves the rights of the last administrator as they are.
    mutating func keepRights() {
        (after.roles, after.isActive) = (before.roles, before.isActive)
        report(
            "roles", nil,
            "keeps its roles and stays active. No other account that can sign in has its administrative rights.")
    }

    /// Reports a value of the record that the account does not get.
    ///
    /// - Parameter outcome: the rest of a sentence about the account, and the reason.
    private mutating func report(_ field: String, _ value: String?, _ outcome: String) {
        findings.append(
            ImportFinding(
                .warning, .valueReplaced, field: field, value: value,
                message: "The account \(before.id) \(outcome)"))
    }

    private static func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    /// The fields that change, for people.
    ///
    /// - Parameter importIDs: import ids that the account gets.
    func changes(adding importIDs: [ImportID]) -> [FieldChange] {
        var changes: [FieldChange] = []
        func compare<Value: Equatable>(_ field: String, _ value: (User) -> Value?, _ shown: (Value) -> String) {
            let (old, new) = (value(before), value(after))
            if old != new { changes.append(FieldChange(field, from: old.map(shown), to: new.map(shown))) }
        }
        let (text, list) = (FieldChange.shown(_:) as (String) -> String, FieldChange.shown(_:) as ([String]) -> String)
        compare("username", \.username, text)
        compare("name", \.name, text)
        compare("nickname", \.nickname, text)
        compare("emails", { $0.emails.map(\.address) }, list)
        compare("roles", \.roles, list)
        compare("type", \.kind.rawValue, text)
        compare("active", \.isActive) { $0 ? "true" : "false" }
        compare("bio", \.bio, text)
        compare("statusText", \.statusText, text)
        compare("utcOffset", \.utcOffset) { JSONNumber($0)?.literal ?? "null" }
        compare("avatarUrl", \.pendingAvatarURL) { text(ShownURL.text(of: $0)) }
        compare("customFields", \.customFields, FieldChange.clipped)
        if !importIDs.isEmpty { changes.append(FieldChange(adding: importIDs, to: before.importIDs)) }
        return changes
    }
}

extension FieldChange {
    /// Import ids that an account gets.
    init(adding importIDs: [ImportID], to present: [ImportID]) {
        let present = present.map(\.rawValue)
        self.init(
            "importIds", from: Self.shown(present), to: Self.shown(present + importIDs.map(\.rawValue)))
    }

    /// About the most bytes of a shown value.
    private static let shownBytes = 1_000

    /// A text as JSON, cut if it is long.
    static func shown(_ text: String) -> String { JSONValue.string(clipped(text)).serialized() }

    /// A list as JSON, cut if it is long.
    static func shown(_ texts: [String]) -> String {
        var (shown, bytes) = ([JSONValue](), 0)
        for text in texts {
            guard bytes <= shownBytes else {
                shown.append(.string("…"))
                break
            }
            let clipped = clipped(text)
            shown.append(.string(clipped))
            bytes += clipped.utf8.count
        }
        return JSONValue.array(shown).serialized()
    }

    /// A text, cut if it is long.
    static func clipped(_ text: String) -> String {
        text.utf8.count <= shownBytes ? text : text.clipped(toBytes: shownBytes) + "…"
    }
}
