package import ImportDomain

/// What a column called status says of an account, in Slack's words and others.
package enum AccountStatus {
    private static let inactive: Set = [
        "deactivated", "deprovisioned", "inactive", "disabled", "suspended", "deleted", "blocked", "archived",
        "removed", "left",
        "deaktiviert", "inaktiv", "gesperrt",
    ]
    private static let active: Set = [
        "", "active", "enabled", "member", "regular", "full member", "invited", "pending", "online", "offline", "away",
        "busy", "aktiv", "locked_out", "password_expired", "provisioned", "recovery", "staged",
    ]
    private static let administrators: Set = [
        "admin", "owner", "primary owner", "administrator", "org admin", "org owner", "org primary owner",
        "workspace admin", "workspace owner", "workspace primary owner",
    ]

    /// Whether the word is one that Slack's list of members has.
    package static func isSlack(_ word: String) -> Bool {
        let word = word.lowercased()
        return word == "bot" || isInactive(word) || isGuest(word) || word.hasPrefix("member")
            || administrators.contains(word)
    }

    /// Makes the account what the word says. No word gives rights over the workspace, and a word that is not known
    /// counts for what lets the account read less.
    ///
    /// - Parameter report: receives what the owner of the table should know.
    package static func apply(
        _ status: String, to user: inout UserRecord,
        report: (ImportFinding.Severity, ImportFinding.Code, String) throws -> Void
    ) rethrows {
        let word = status.lowercased()
        let isInactive = isInactive(word)
        if isInactive { user.isDeleted = true }
        let parts = word.split { !$0.isLetter }
        let isBot = parts.contains("bot")
        if isBot { user.type = "bot" }
        if isGuest(word) {
            try makeGuest(&user, .info, "The status says that the person is a guest.", report)
        } else if isInactive || word == "bot" {
            if isBot, user.roles.isEmpty { user.roles = ["bot"] }
        } else if administrators.contains(word) {
            try report(
                .info, .valueReplaced,
                "No rights over the workspace come from a file. Give the role by hand if this person is to have it.")
        } else if !active.contains(word) {
            try makeGuest(&user, .warning, "This is not a known status, so the person counts as a guest.", report)
        }
    }

    /// Does the same and reports to the sink of an importer.
    package static func apply(_ status: String, to user: inout UserRecord, line: Int, _ sink: RecordSink) throws {
        try apply(status, to: &user) { severity, code, message in
            try sink.report(severity, code, at: line, field: "status", value: status, message)
        }
    }

    private static func isInactive(_ word: String) -> Bool {
        word.contains("deactivat") || word.contains("deaktiv")
            || word.split { !$0.isLetter }.contains { inactive.contains(String($0)) }
    }

    private static func isGuest(_ word: String) -> Bool { word.contains("guest") || word.contains("restricted") }

    /// Gives the role `guest`, unless the table has a column that says which roles the person has.
    private static func makeGuest(
        _ user: inout UserRecord, _ severity: ImportFinding.Severity, _ reason: String,
        _ report: (ImportFinding.Severity, ImportFinding.Code, String) throws -> Void
    ) rethrows {
        let hasRoles = !user.roles.isEmpty
        if !hasRoles { user.roles = ["guest"] }
        try report(
            severity, .userGuest,
            reason
                + (hasRoles
                    ? " The roles of the table count; change them if they are too many."
                    : " A new account gets the role guest, which sees only its rooms; an account that exists already "
                        + "keeps its roles. Change them if they are too many."))
    }
}
