internal import ExportFiles

/// Column positions in a table of users.
///
/// Source: docs/importers/csv.md, "Users".
struct UserColumns: ColumnPositions {
    var username: Int?
    var emails: Int?
    var name: Int?
    var importIDs: Int?
    var roles: Int?
    var type: Int?
    var password: Int?
    var deleted: Int?
    var active: Int?
    var status: Int?
    var nickname: Int?
    var bio: Int?
    var statusText: Int?
    var utcOffset: Int?
    var avatarURL: Int?
    /// What a row of `import.failures` describes; other tables have only users.
    var recordType: Int?
    var organization: Int?
    var matchedByUsername: Int?
    /// All custom fields as JSON, in tables of `import.failures`.
    var customFieldsObject: Int?
    /// Whether the table is one of `import.failures`.
    var isFailureTable: Bool { recordType != nil }
    /// The columns of custom fields with their names.
    var customFields: [(index: Int, rest: String)] = []
    /// How many columns the table has.
    var count: Int
    /// How many fields a row must have.
    var minimumCount: Int
    /// Whether the table is Slack's list of members, whose ids are those of Slack's archives.
    var isSlackList = false
    /// Whether the file does not name its columns.
    var isByPosition = false
    /// Titles of columns that are not imported.
    var ignoredTitles: [String] = []

    /// Without a header: username, e-mail address and name.
    static let positions = UserColumns(username: 0, emails: 1, name: 2, count: 3, minimumCount: 3)

    private init(username: Int, emails: Int, name: Int, count: Int, minimumCount: Int) {
        (self.username, self.emails, self.name) = (username, emails, name)
        (self.count, self.minimumCount) = (count, minimumCount)
        isByPosition = true
    }

    /// The columns of a header, or nil for a row that is not a header: one without a column `username` or `email`.
    init?(_ header: HeaderRow) {
        username = header.index(of: "username")
        emails = header.index(of: "email", "emails")
        guard username != nil || emails != nil else { return nil }
        name = header.index(of: "name") ?? header.index(of: "fullname", "realname") ?? header.index(of: "displayname")
        nickname = header.index(of: "nickname") ?? header.index(of: "displayname")
        if nickname == name { nickname = nil }
        importIDs = header.index(of: "importid", "importids", "id", "userid")
        roles = header.index(of: "roles", "role")
        type = header.index(of: "type")
        password = header.index(of: "password")
        deleted = header.index(of: "deleted", "deactivated", "disabled", "suspended", "isdeleted")
        active = header.index(of: "active", "isactive", "enabled", "isenabled")
        status = header.index(of: "status", "accountstatus")
        bio = header.index(of: "bio")
        statusText = header.index(of: "statustext")
        utcOffset = header.index(of: "utcoffset")
        avatarURL = header.index(of: "avatarurl")
        customFields = header.columns(beginningWith: "customfields.")
        var failure: [Int] = []
        if header.index(of: "failure.id") != nil {
            recordType = header.index(of: "failure.type")
            organization = header.index(of: "organization")
            matchedByUsername = header.index(of: "matchedbyusername")
            customFieldsObject = header.index(of: "customfields")
            failure =
                header.columns(beginningWith: "failure.").map(\.index) + [header.index(of: "data")].compactMap { $0 }
        }
        count = header.count
        minimumCount = 1
        isSlackList = header.format == .slackMembers
        let used =
            [
                username, emails, name, importIDs, roles, type, password, deleted, bio, statusText, utcOffset,
                avatarURL, active, status, nickname, organization, matchedByUsername, customFieldsObject,
            ].compactMap { $0 } + customFields.map(\.index) + failure
        ignoredTitles = header.titles(besides: Set(used))
    }
}
