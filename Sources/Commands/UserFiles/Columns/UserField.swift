internal import ImporterKit

/// A field of a user in CSV.
enum UserField: String, CaseIterable {
    case username, email, name, givenName = "givenname", familyName = "familyname", nickname, importID = "importid"
    case roles, type, password, deleted, active, status, bio, statusText = "statustext", utcOffset = "utcoffset"
    case avatarURL = "avatarurl"
    case matchedByUsername = "matchedbyusername"
    case customFields = "customfields"

    /// The index of the field in a table of fields.
    @inline(__always)
    var index: Int {
        switch self {
        case .username: 0
        case .email: 1
        case .name: 2
        case .givenName: 3
        case .familyName: 4
        case .nickname: 5
        case .importID: 6
        case .roles: 7
        case .type: 8
        case .password: 9
        case .deleted: 10
        case .active: 11
        case .status: 12
        case .bio: 13
        case .statusText: 14
        case .utcOffset: 15
        case .avatarURL: 16
        case .matchedByUsername: 17
        case .customFields: 18
        }
    }

    /// Whether several columns can be the field.
    var takesSeveralColumns: Bool { self == .email || self == .importID || self == .username || self == .name }

    /// The titles of its columns: those of Ferry's own tables, and those that directories use. The earlier ones take
    /// precedence.
    ///
    /// Source: the exports of Okta, Google Workspace, Microsoft Entra and Slack.
    var titles: [String] {
        typealias Own = UserColumnTitles
        switch self {
        case .username: return Own.username + Self.addressLikeUsernames + ["samaccountname", "uid"]
        case .email:
            return Own.emails + [
                "mail", "emailaddress", "primaryemail", "workemail", "secondemail", "secondaryemail", "alternateemail",
            ]
        case .name: return Own.name + Own.fullName + Own.displayName + ["cn", "commonname"]
        case .givenName: return ["givenname", "firstname"]
        case .familyName: return ["familyname", "lastname", "surname", "sn"]
        case .nickname: return Own.nickname + Own.displayName
        case .importID: return Own.importIDs + ["objectid", "externalid", "entryuuid", "objectguid"]
        case .roles: return Own.roles
        case .type: return Own.type
        case .password: return Own.password
        case .deleted: return Own.deleted
        case .active: return Own.active + ["accountenabled"]
        case .status: return Own.status
        case .bio: return Own.bio + ["title", "jobtitle", "employeetitle"]
        case .statusText: return Own.statusText
        case .utcOffset: return Own.utcOffset
        case .avatarURL: return Own.avatarURL
        case .matchedByUsername, .customFields: return []
        }
    }

    /// Titles of columns whose usernames are addresses, of which the part before the `@` is the username here.
    static let addressLikeUsernames = ["login", "userprincipalname"]
}
