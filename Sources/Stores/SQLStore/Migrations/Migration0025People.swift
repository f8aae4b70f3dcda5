import SQL

extension Migrations {
    /// The names of the accounts that created, started and undid imports, as they were then: the history keeps them after
    /// the accounts are renamed or deleted. Earlier imports get the present names.
    static let people = Migration(number: 25, name: "people of imports") { dialect in
        let text = dialect.types.text
        func name(_ column: String, of account: String) -> String {
            """
            coalesce((SELECT users.\(column) FROM users WHERE users.id = \(account)),
                (SELECT former_users.\(column) FROM former_users WHERE former_users.id = \(account)))
            """
        }
        return """
            ALTER TABLE import_operations ADD COLUMN created_by_username \(text);
            ALTER TABLE import_operations ADD COLUMN created_by_name \(text);
            ALTER TABLE import_operations ADD COLUMN started_by_username \(text);
            ALTER TABLE import_operations ADD COLUMN started_by_name \(text);
            UPDATE import_operations SET
                created_by_username = \(name("username", of: "created_by")),
                created_by_name = \(name("name", of: "created_by")),
                started_by_username = \(name("username", of: "started_by")),
                started_by_name = \(name("name", of: "started_by"));
            ALTER TABLE import_undos ADD COLUMN requested_username \(text);
            ALTER TABLE import_undos ADD COLUMN requested_name \(text);
            UPDATE import_undos SET
                requested_username = \(name("username", of: "requested_by")),
                requested_name = \(name("name", of: "requested_by"));
            """
    }
}
