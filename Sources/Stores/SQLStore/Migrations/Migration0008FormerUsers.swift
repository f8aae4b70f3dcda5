import SQL

extension Migrations {
    /// The names of deleted accounts, which their messages keep showing.
    ///
    /// Accounts that were deleted before left their subscriptions behind: these go, and rooms count their members anew.
    static let formerUsers = Migration(number: 8, name: "names of deleted accounts") { dialect in
        let text = dialect.types.text
        return """
            CREATE TABLE former_users (
                id \(text) PRIMARY KEY,
                username \(text),
                name \(text)
            )\(dialect.types.tableSuffix);

            UPDATE rooms SET member_count = (
                SELECT count(*) FROM subscriptions
                WHERE room_id = rooms.id AND EXISTS (SELECT 1 FROM users WHERE users.id = subscriptions.user_id)
            )
            WHERE id IN (
                SELECT room_id FROM subscriptions
                WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = subscriptions.user_id)
            );
            DELETE FROM subscriptions WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = subscriptions.user_id);
            """
    }
}
