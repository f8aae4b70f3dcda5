/// Titles of columns in tables of users, as `HeaderRow.name` gives them.
///
/// Source: docs/importers/csv.md, "Users".
package enum UserColumnTitles {
    package static let username = ["username"]
    package static let emails = ["email", "emails"]
    package static let name = ["name"]
    package static let fullName = ["fullname", "realname"]
    package static let displayName = ["displayname"]
    package static let nickname = ["nickname"]
    package static let importIDs = ["importid", "importids", "id", "userid"]
    package static let roles = ["roles", "role"]
    package static let type = ["type"]
    package static let password = ["password"]
    package static let deleted = ["deleted", "deactivated", "disabled", "suspended", "isdeleted"]
    package static let active = ["active", "isactive", "enabled", "isenabled"]
    package static let status = ["status", "accountstatus"]
    package static let bio = ["bio"]
    package static let statusText = ["statustext"]
    package static let utcOffset = ["utcoffset"]
    package static let avatarURL = ["avatarurl"]
    /// What follows is the key of a custom field.
    package static let customFieldPrefix = "customfields."
    /// Tables of `import.failures` have these two, and further columns that begin with the prefix.
    package static let failureID = "failure.id"
    package static let failureType = "failure.type"
    package static let failurePrefix = "failure."
    package static let organization = ["organization"]
    package static let matchedByUsername = ["matchedbyusername"]
    package static let customFieldsObject = ["customfields"]
}
