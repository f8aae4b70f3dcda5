internal import ImportDomain
internal import JSON

/// An element of `users.json`.
struct SlackUser {
    var id: String
    var name: String?
    var realName: String?
    var email: String?
    var botID: String?
    var isDeleted = false
    var isBot = false
    var utcOffset: Double?
    var avatarURL: String?
    var statusText: String?
    var bio: String?

    private enum Field: String, CaseIterable {
        case id, name, deleted, profile
        case realName = "real_name"
        case isBot = "is_bot"
        case timeZoneOffset = "tz_offset"
    }

    private enum ProfileField: String, CaseIterable {
        case email, title
        case realName = "real_name"
        case displayName = "display_name"
        case imageOriginal = "image_original"
        case image = "image_512"
        case isCustomImage = "is_custom_image"
        case statusText = "status_text"
        case botID = "bot_id"
    }

    private struct Profile {
        var realName: String?
        var displayName: String?
        var imageOriginal: String?
        var image: String?
        var isCustomImage = false
    }

    private static let fields = FieldTable<Field>()
    private static let profileFields = FieldTable<ProfileField>()

    /// Reads an element; nil when it has no id.
    init?(_ reader: inout JSONReader) throws {
        guard try reader.enterObject() else { return nil }
        var profile = Profile()
        var ownRealName: String?
        id = ""
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .id: id = try reader.nonEmptyText() ?? ""
            case .name: name = try reader.nonEmptyText()
            case .realName: ownRealName = try reader.nonEmptyText()
            case .deleted: isDeleted = try reader.flag()
            case .isBot: isBot = try reader.flag()
            case .timeZoneOffset: utcOffset = try reader.wholeNumber().map { Double($0) / 3600 }
            case .profile: try readProfile(&reader, &profile)
            }
        }
        realName = profile.realName ?? ownRealName ?? profile.displayName ?? name
        // Slack draws a picture of the initials for everybody else, which the workspace does better itself.
        let picture = profile.imageOriginal ?? (profile.isCustomImage ? profile.image : nil)
        avatarURL = picture.flatMap { $0.isWebAddress ? $0 : nil }
        if let offset = utcOffset, !(-24...24).contains(offset) { utcOffset = nil }
        if id.isEmpty { return nil }
    }

    private mutating func readProfile(_ reader: inout JSONReader, _ profile: inout Profile) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(Self.profileFields) {
            switch field {
            case .email: email = try reader.nonEmptyText()
            case .title: bio = try reader.nonEmptyText()
            case .realName: profile.realName = try reader.nonEmptyText()
            case .displayName: profile.displayName = try reader.nonEmptyText()
            case .imageOriginal: profile.imageOriginal = try reader.nonEmptyText()
            case .image: profile.image = try reader.nonEmptyText()
            case .isCustomImage: profile.isCustomImage = try reader.flag()
            case .statusText: statusText = try reader.nonEmptyText()
            case .botID: botID = try reader.nonEmptyText()
            }
        }
    }

    /// The user to stage, under all ids that are this person's.
    func record(importIDs: [String], username: String, isDeleted: Bool) -> UserRecord {
        UserRecord(
            importIDs: importIDs, emails: email.map { [$0] } ?? [], username: username, name: realName,
            utcOffset: utcOffset, avatarURL: avatarURL, isDeleted: isDeleted, statusText: statusText,
            roles: isBot ? ["bot"] : [], type: isBot ? "bot" : "user", bio: bio)
    }
}

extension String {
    /// Whether the text is an http(s) address; anything else is never stored as one.
    var isWebAddress: Bool {
        let start = prefix(8).lowercased()
        return start.hasPrefix("https://") ? utf8.count > 8 : start.hasPrefix("http://") && utf8.count > 7
    }
}
