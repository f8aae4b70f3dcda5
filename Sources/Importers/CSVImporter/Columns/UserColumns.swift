internal import ExportFiles
internal import ImporterKit

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
        typealias Titles = UserColumnTitles
        username = header.index(of: Titles.username)
        emails = header.index(of: Titles.emails)
        guard username != nil || emails != nil else { return nil }
        name =
            header.index(of: Titles.name) ?? header.index(of: Titles.fullName) ?? header.index(of: Titles.displayName)
        nickname = header.index(of: Titles.nickname) ?? header.index(of: Titles.displayName)
        if nickname == name { nickname = nil }
        importIDs = header.index(of: Titles.importIDs)
        roles = header.index(of: Titles.roles)
        type = header.index(of: Titles.type)
        password = header.index(of: Titles.password)
        deleted = header.index(of: Titles.deleted)
        active = header.index(of: Titles.active)
        status = header.index(of: Titles.status)
        bio = header.index(of: Titles.bio)
        statusText = header.index(of: Titles.statusText)
        utcOffset = header.index(of: Titles.utcOffset)
        avatarURL = header.index(of: Titles.avatarURL)
        customFields = header.columns(beginningWith: Titles.customFieldPrefix)
        var failure: [Int] = []
        if header.index(of: Titles.failureID) != nil {
            recordType = header.index(of: Titles.failureType)
            organization = header.index(of: Titles.organization)
            matchedByUsername = header.index(of: Titles.matchedByUsername)
            customFieldsObject = header.index(of: Titles.customFieldsObject)
            failure =
                header.columns(beginningWith: Titles.failurePrefix).map(\.index)
                + [header.index(of: "data")].compactMap { $0 }
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
