/// A value of a record that exceeds its limit.
///
/// Source: docs/importers.md, "Limits of a record".
public struct LimitViolation: Error, Equatable, Sendable {
    /// The field, by its wire name.
    public let field: String
    /// One sentence for a person, which states the limit.
    public let message: String
}

/// Compares values with their limits, and keeps the first violation.
private struct LimitCheck {
    private(set) var violation: LimitViolation?

    mutating func text(_ text: String?, _ limit: Int, _ field: String) {
        guard violation == nil, let bytes = text?.utf8.count, bytes > limit else { return }
        violation = LimitViolation(
            field: field, message: "The value of \(field) has \(bytes) bytes; the limit is \(limit).")
    }

    mutating func count(_ count: Int, _ limit: Int, _ field: String) {
        guard violation == nil, count > limit else { return }
        violation = LimitViolation(
            field: field, message: "The list \(field) has \(count) items; the limit is \(limit).")
    }

    mutating func texts(_ texts: [String], _ limit: Int, moreThan most: Int, _ field: String) {
        count(texts.count, most, field)
        guard violation == nil else { return }
        for item in texts { text(item, limit, field) }
    }
}

extension UserRecord {
    /// The first value beyond its limit.
    public var limitViolation: LimitViolation? {
        var check = LimitCheck()
        check.texts(importIDs, RecordLimits.importIDBytes, moreThan: RecordLimits.importIDsPerRecord, "importIds")
        check.texts(emails, RecordLimits.addressBytes, moreThan: RecordLimits.addressesPerUser, "emails")
        check.text(username, RecordLimits.usernameBytes, "username")
        check.text(name, RecordLimits.nameBytes, "name")
        check.text(nickname, RecordLimits.nameBytes, "nickname")
        check.text(organization, RecordLimits.importIDBytes, "organization")
        check.texts(roles, RecordLimits.roleBytes, moreThan: RecordLimits.rolesPerUser, "roles")
        check.text(statusText, RecordLimits.descriptionBytes, "statusText")
        check.text(bio, RecordLimits.descriptionBytes, "bio")
        check.text(customFields, RecordLimits.customFieldsBytes, "customFields")
        // An avatar inside a `data:` URL has its own limit.
        if avatarURL?.hasPrefix("data:") == false { check.text(avatarURL, RecordLimits.urlBytes, "avatarUrl") }
        return check.violation
    }
}

extension RoomRecord {
    /// The first value beyond its limit, except topic and description, which can be truncated instead.
    public var limitViolation: LimitViolation? {
        var check = LimitCheck()
        check.texts(importIDs, RecordLimits.importIDBytes, moreThan: RecordLimits.importIDsPerRecord, "importIds")
        check.text(name, RecordLimits.roomNameBytes, "name")
        check.count(
            memberIDs.count,
            kind == .direct ? RecordLimits.participantsPerDirectRoom : RecordLimits.membersPerRoom, "users")
        return check.violation
    }

    /// A topic or description beyond its limit.
    public var textLimitViolation: LimitViolation? {
        var check = LimitCheck()
        check.text(topic, RecordLimits.descriptionBytes, "topic")
        check.text(description, RecordLimits.descriptionBytes, "description")
        return check.violation
    }
}

extension MessageRecord {
    /// The first value beyond its limit, except text and attachments, which can be truncated instead.
    public var limitViolation: LimitViolation? {
        var check = LimitCheck()
        check.text(id, RecordLimits.importIDBytes, "_id")
        check.text(roomID, RecordLimits.importIDBytes, "rid")
        check.text(authorID, RecordLimits.importIDBytes, "u")
        check.text(thread?.parentID, RecordLimits.importIDBytes, "tmid")
        check.text(systemKind, RecordLimits.nameBytes, "t")
        check.text(alias, RecordLimits.nameBytes, "alias")
        check.text(emoji, RecordLimits.nameBytes, "emoji")
        check.text(avatarURL, RecordLimits.urlBytes, "avatar")
        check.count(mentionIDs.count, RecordLimits.mentionsPerMessage, "mentions")
        check.count(roomMentionIDs.count, RecordLimits.mentionsPerMessage, "channels")
        check.count(followerIDs.count, RecordLimits.followersPerMessage, "replies")
        check.count(reactions.count, RecordLimits.reactionsPerMessage, "reactions")
        var reacting = 0
        for reaction in reactions {
            check.text(reaction.emoji, RecordLimits.nameBytes, "reactions")
            reacting += reaction.userIDs.count
        }
        check.count(reacting, RecordLimits.reactingUsersPerMessage, "reactions")
        if let file {
            check.text(file.id, RecordLimits.importIDBytes, "_importFile.id")
            check.text(file.source, RecordLimits.importIDBytes, "_importFile.source")
            check.text(file.name, RecordLimits.descriptionBytes, "_importFile.name")
            check.text(file.mediaType, RecordLimits.nameBytes, "_importFile.type")
            switch file.location {
            case .remote(let url), .external(let url):
                check.text(url, RecordLimits.urlBytes, "_importFile.downloadUrl")
            case .archived(let entry, let url):
                check.text(entry, RecordLimits.urlBytes, "_importFile.entry")
                check.text(url, RecordLimits.urlBytes, "_importFile.downloadUrl")
            }
        }
        return check.violation
    }

    /// A text or attachments beyond their limit.
    public var textLimitViolation: LimitViolation? {
        var check = LimitCheck()
        check.text(text, RecordLimits.messageBytes, "msg")
        check.text(attachments, RecordLimits.attachmentBytes, "attachments")
        return check.violation
    }
}

extension String {
    /// The longest prefix of whole characters within this many bytes of UTF-8.
    public func clipped(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(decoding: utf8[..<end], as: UTF8.self)
    }
}
