import SQL

/// The history of the tables, oldest first; released steps never change.
enum Migrations {
    static let all = [
        workspace, staging, rooms, downloads, stagedSecrets, attempts, identity, formerUsers, lifecycle, confirmed,
        decisions, provenance, fileProgress, leases, organizations, downloadQueue, policies, checks,
        recordDigests, history, retries, undo, recordIndex, repair, people, runs,
        search, personalTokens,
    ]
}
