internal import ImportDomain
internal import ImporterKit

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
        "admin", "owner", "primary owner", "administrator", "org admin", "org owner", "org primary owner",
        "workspace admin", "workspace owner", "workspace primary owner",
    ]

    /// Whether the word is one that Slack's list of members has.
    static func isSlack(_ word: String) -> Bool {
        let word = word.lowercased()
        return word == "bot" || isInactive(word) || isGuest(word) || word.hasPrefix("member")
            || administrators.contains(word)
    }

    /// Makes the account what the word says. No word gives rights over the workspace, and a word that is not known
    /// counts for what lets the account read less.
    static func apply(_ status: String, to user: inout UserRecord, line: Int, _ sink: RecordSink) throws {
        let word = status.lowercased()
        let isInactive = isInactive(word)
        if isInactive { user.isDeleted = true }
        let parts = word.split { !$0.isLetter }
        let isBot = parts.contains("bot")
        if isBot { user.type = "bot" }
        if isGuest(word) {
            try makeGuest(&user, .info, status, line: line, "The status says that the person is a guest.", sink)
        } else if isInactive || word == "bot" {
            if isBot, user.roles.isEmpty { user.roles = ["bot"] }
        } else if administrators.contains(word) {
            try sink.report(
                .info, .valueReplaced, at: line, field: "status", value: status,
                "No rights over the workspace come from a file. Give the role by hand if this person is to have it.")
        } else if !active.contains(word) {
            try makeGuest(
                &user, .warning, status, line: line,
                "This is not a known status, so the person counts as a guest.", sink)
        }
    }

    private static func isInactive(_ word: String) -> Bool {
        word.contains("deactivat") || word.contains("deaktiv")
            || word.split { !$0.isLetter }.contains { inactive.contains(String($0)) }
    }

    private static func isGuest(_ word: String) -> Bool { word.contains("guest") || word.contains("restricted") }

    /// Gives the role `guest`, unless the table has a column that says which roles the person has.
    private static func makeGuest(
        _ user: inout UserRecord, _ severity: ImportFinding.Severity, _ status: String, line: Int, _ reason: String,
        _ sink: RecordSink
    ) throws {
        let hasRoles = !user.roles.isEmpty
        if !hasRoles { user.roles = ["guest"] }
        try sink.report(
            severity, .userGuest, at: line, field: "status", value: status,
            reason
                + (hasRoles
                    ? " The roles of the table count; change them if they are too many."
                    : " A new account gets the role guest, which sees only its rooms; an account that exists already "
                        + "keeps its roles. Change them if they are too many."))
    }
}
