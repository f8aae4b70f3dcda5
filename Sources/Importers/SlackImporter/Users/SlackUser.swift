internal import ImportDomain
internal import ImporterKit
internal import JSON

/// An element of `users.json`.
struct SlackUser {
    var id: String
    var name: String?
    var realName: String?
    /// The display name, where it differs from the full name.
    var nickname: String?
    var email: String?
    var botID: String?
    var isDeleted = false
    var isBot = false
    /// Whether the person or program sees only the rooms of which it is a member: guests, and people of other
    /// workspaces.
    var isGuest = false
    /// Whether the person or program belongs to another workspace.
    var isForeign = false
    /// The Slack team that gave the id.
    var organization: String?
    var utcOffset: Double?
    var avatarURL: String?
    var statusText: String?
    var bio: String?
    /// Pronouns, phone, Skype name and custom profile fields, as the text of a JSON object.
    var customFields: String?
    /// The fields that exceed their limits.
    var limits = LengthLimits()

    private enum Field: String, CaseIterable {
        case id, name, deleted, profile
        case realName = "real_name"
        case isBot = "is_bot"
        case isRestricted = "is_restricted"
        case isUltraRestricted = "is_ultra_restricted"
        case isStranger = "is_stranger"
        case isExternal = "is_external"
        case teamID = "team_id"
        case timeZoneOffset = "tz_offset"
    }

    private enum ProfileField: String, CaseIterable {
        case email, title, pronouns, phone, skype, fields
        case realName = "real_name"
        case displayName = "display_name"
        case imageOriginal = "image_original"
        case image = "image_512"
        case isCustomImage = "is_custom_image"
        case statusText = "status_text"
        case botID = "bot_id"
    }

    private enum CustomField: String, CaseIterable {
        case id, label, value, alt
    }

    private struct Profile {
        var realName: String?
        var displayName: String?
        var imageOriginal: String?
        var image: String?
        var isCustomImage = false
        var customFields: [(name: String, value: String)] = []
        /// Fields of Slack that the workspace has no place for, by name.
        var ownFields: [String: String] = [:]
    }

    private static let fields = FieldTable<Field>()
    private static let profileFields = FieldTable<ProfileField>()
    private static let customFieldKeys = FieldTable<CustomField>()
    /// Slack allows fewer than fifty custom fields.
    private static let maximumCustomFields = 100

    /// Reads an element; nil when it has no id, or one beyond the limit.
    init?(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return nil }
        var profile = Profile()
        var ownRealName: String?
        id = ""
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .id: id = try reader.nonEmptyText() ?? ""
            case .name: name = limits.shortened(try reader.text(), RecordLimits.usernameBytes, "name")
            case .realName: ownRealName = limits.shortened(try reader.text(), RecordLimits.nameBytes, "real_name")
            case .deleted: isDeleted = try reader.flag(unreadable: true)
            case .isBot: isBot = try reader.flag()
            case .isRestricted, .isUltraRestricted:
                isGuest = try reader.flag(unreadable: true) || isGuest
            case .isStranger, .isExternal:
                isForeign = try reader.flag(unreadable: true) || isForeign
            case .teamID:
                organization = try reader.nonEmptyText().flatMap {
                    $0.utf8.count > RecordLimits.importIDBytes ? nil : $0
                }
            case .timeZoneOffset: utcOffset = try reader.wholeNumber().map { Double($0) / 3600 }
            case .profile: try readProfile(&reader, &profile)
            }
        }
        isGuest = isGuest || isForeign
        realName = profile.realName ?? ownRealName ?? profile.displayName ?? name
        if profile.displayName != realName { nickname = profile.displayName }
        // Slack draws an image of the initials for everybody else, which the workspace does better itself.
        let image = profile.imageOriginal ?? (profile.isCustomImage ? profile.image : nil)
        avatarURL = image.flatMap { $0.isWebAddress ? $0 : nil }
        if let offset = utcOffset, !(-24...24).contains(offset) { utcOffset = nil }
        let ownFields = ["pronouns", "phone", "skype"].compactMap { name in
            profile.ownFields[name].map { (name: name, value: $0) }
        }
        setCustomFields(ownFields + profile.customFields)
        if id.isEmpty || id.utf8.count > RecordLimits.importIDBytes { return nil }
    }

    private mutating func readProfile(_ reader: inout FieldReader, _ profile: inout Profile) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(Self.profileFields) {
            let name = field.rawValue
            switch field {
            case .email: email = limits.whole(try reader.text(), RecordLimits.addressBytes, name)
            case .title: bio = limits.shortened(try reader.text(), RecordLimits.descriptionBytes, name)
            case .realName: profile.realName = limits.shortened(try reader.text(), RecordLimits.nameBytes, name)
            case .displayName: profile.displayName = limits.shortened(try reader.text(), RecordLimits.nameBytes, name)
            case .imageOriginal: profile.imageOriginal = limits.whole(try reader.text(), RecordLimits.urlBytes, name)
            case .image: profile.image = limits.whole(try reader.text(), RecordLimits.urlBytes, name)
            case .isCustomImage: profile.isCustomImage = try reader.flag()
            case .statusText: statusText = limits.shortened(try reader.text(), RecordLimits.descriptionBytes, name)
            case .botID: botID = limits.whole(try reader.text(), RecordLimits.importIDBytes, name)
            case .pronouns, .phone, .skype:
                profile.ownFields[name] = limits.shortened(try reader.text(), RecordLimits.nameBytes, name)
            case .fields: try readCustomFields(&reader, &profile)
            }
        }
    }

    /// Reads `{"Xf1": {"value": …, "alt": …, "label": …}}`, or the same as an array of objects.
    private mutating func readCustomFields(_ reader: inout FieldReader, _ profile: inout Profile) throws {
        switch try reader.kind() {
        case .object:
            try reader.beginObject()
            while let id = try reader.nextKey() { try readCustomField(&reader, id, &profile) }
        case .array:
            try reader.beginArray()
            while try reader.nextElement() { try readCustomField(&reader, nil, &profile) }
        default: _ = try reader.enterObject()
        }
    }

    private mutating func readCustomField(
        _ reader: inout FieldReader, _ id: String?, _ profile: inout Profile
    ) throws {
        var (id, label, value, alternative) = (id, nil as String?, nil as String?, nil as String?)
        if try reader.kind() == .object {
            try reader.beginObject()
            while let field = try reader.nextField(Self.customFieldKeys) {
                switch field {
                case .id: id = try reader.nonEmptyText() ?? id
                case .label: label = try reader.nonEmptyText()
                case .value: value = try reader.text()
                case .alt: alternative = try reader.text()
                }
            }
        } else {
            value = try reader.text()
        }
        guard let name = label ?? id, var text = value?.trimmedIfNotBlank else { return }
        guard profile.customFields.count < Self.maximumCustomFields, name.utf8.count <= RecordLimits.nameBytes else {
            return limits.note("fields")
        }
        // The text that Slack shows in place of a link.
        if let alternative = alternative?.trimmedIfNotBlank { text = "\(alternative) (\(text))" }
        profile.customFields.append((name, text))
    }

    private mutating func setCustomFields(_ fields: [(name: String, value: String)]) {
        var object = CustomFields(maximumBytes: RecordLimits.descriptionBytes)
        for (name, value) in fields where !object.add(name, value) { limits.note("fields") }
        customFields = object.text
    }

    /// About how much memory the description takes while it is kept.
    var memoryBytes: Int {
        let strings = [
            id, name, realName, nickname, email, botID, organization, avatarURL, statusText, bio, customFields,
        ]
        return strings.reduce(720) { $0 + 2 * ($1?.utf8.count ?? 0) }
    }

    /// Takes what a description of the same id in another file says more.
    mutating func merge(_ other: SlackUser) {
        name = name ?? other.name
        realName = realName ?? other.realName
        nickname = nickname ?? other.nickname
        email = email ?? other.email
        botID = botID ?? other.botID
        organization = organization ?? other.organization
        utcOffset = utcOffset ?? other.utcOffset
        avatarURL = avatarURL ?? other.avatarURL
        statusText = statusText ?? other.statusText
        bio = bio ?? other.bio
        customFields = customFields ?? other.customFields
        isDeleted = isDeleted && other.isDeleted
        isGuest = isGuest || other.isGuest
        isForeign = isForeign || other.isForeign
    }

    /// The user to stage, under all ids that are this person's.
    func record(importIDs: [String], username: String, isDeleted: Bool, isGuest: Bool, isForeign: Bool) -> UserRecord {
        UserRecord(
            importIDs: importIDs, emails: email.map { [$0] } ?? [], username: username, name: realName,
            nickname: nickname, utcOffset: utcOffset, avatarURL: avatarURL, isDeleted: isDeleted,
            statusText: statusText, roles: isGuest ? ["guest"] : isBot ? ["bot"] : [],
            isMatchedByUsername: !isForeign, organization: organization, type: isBot ? "bot" : "user", bio: bio,
            customFields: customFields)
    }
}
