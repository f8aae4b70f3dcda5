internal import ImportDomain

/// What a column called status says of an account, in Slack's words and others.
enum AccountStatus {
    private static let inactive: Set = [
        "deactivated", "inactive", "disabled", "suspended", "deleted", "blocked", "archived", "removed", "left",
        "deaktiviert", "inaktiv", "gesperrt",
    ]
    private static let active: Set = [
        "", "active", "enabled", "member", "regular", "full member", "invited", "pending", "online", "offline", "away",
        "busy", "aktiv",
    ]
    private static let administrators: Set = [
        "admin", "owner", "primary owner", "administrator", "org admin", "org owner",
    ]

    /// Whether the word is one that Slack's list of members has.
    static func isSlack(_ word: String) -> Bool {
        let word = word.lowercased()
        return word == "bot" || word == "deactivated" || word.contains("guest") || word.hasPrefix("member")
            || administrators.contains(word)
    }

    /// Makes the account what the word says. No word gives rights over the workspace.
    static func apply(_ status: String, to user: inout UserRecord, line: Int, _ sink: RecordSink) throws {
        let word = status.lowercased()
        if inactive.contains(word) {
            user.isDeleted = true
        } else if word == "bot" {
            user.type = "bot"
            if user.roles.isEmpty { user.roles = ["bot"] }
        } else if word.contains("guest") || word.contains("restricted") {
            if user.roles.isEmpty { user.roles = ["guest"] }
            try sink.report(
                .info, .userGuest, line: line, field: "status", value: status,
                "The person is a guest and sees only the rooms in which they are a member.")
        } else if administrators.contains(word) {
            try sink.report(
                .info, .valueReplaced, line: line, field: "status", value: status,
                "No rights over the workspace come from a file. Give the role by hand if this person is to have it.")
        } else if !active.contains(word) {
            try sink.report(
                .warning, .valueReplaced, line: line, field: "status", value: status,
                "This is not a known status; it does not change the account.")
        }
    }
}
