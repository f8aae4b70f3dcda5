import SQL

extension Migrations {
    /// The policies of an operation for rooms, guests and downloads (operations of earlier versions had the documented
    /// ones), and the accounts that skipped records describe.
    static let policies = Migration(number: 17, name: "policies") { dialect in
        let text = dialect.types.text
        return """
            ALTER TABLE import_operations ADD COLUMN room_policy \(text);
            ALTER TABLE import_operations ADD COLUMN guest_policy \(text);
            ALTER TABLE import_operations ADD COLUMN download_policy \(text);
            UPDATE import_operations SET room_policy = 'join', guest_policy = 'guest', download_policy = 'ask'
                WHERE started_by IS NOT NULL;

            ALTER TABLE import_skipped ADD COLUMN account_id \(text);
            """
    }
}
