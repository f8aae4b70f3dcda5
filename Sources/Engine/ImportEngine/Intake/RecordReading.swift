import ImportDomain
import JSON

/// Reads the records of request bodies; a record beyond a limit is rejected.
///
/// Every reader throws `InvalidBody` without an index, or `JSONError`.
enum RecordReading {
    /// A user, and the plain text of its password.
    static func user(_ reader: inout JSONReader) throws -> (record: UserRecord, password: String?) {
        let (user, password) = try UserDocument.read(&reader)
        if let invalid = InvalidBody(user.limitViolation) { throw invalid }
        return (user, password)
    }

    /// A room.
    static func room(_ reader: inout JSONReader) throws -> RoomRecord {
        let room = try RoomDocument.read(&reader)
        if let invalid = InvalidBody(room.limitViolation ?? room.textLimitViolation) { throw invalid }
        return room
    }

    /// A message.
    static func message(_ reader: inout JSONReader) throws -> MessageRecord {
        let message = try MessageDocument.read(&reader)
        if let invalid = InvalidBody(message.limitViolation ?? message.textLimitViolation) { throw invalid }
        return message
    }
}

extension UserRecord {
    /// The required field that a user lacks.
    var missingField: String? {
        if emails.allSatisfy(\.isEmpty) { return "emails" }
        return importIDs.allSatisfy(\.isEmpty) ? "importIds" : nil
    }

    /// The user with the roles that every user gets. A guest with the default roles would be no guest.
    func addingRoles(_ defaultRoles: [String]) -> UserRecord {
        guard !roles.contains(Role.guest) else { return self }
        var user = self
        user.roles = (roles + defaultRoles).distinct()
        return user
    }
}
