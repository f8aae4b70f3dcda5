import SQL

extension Migrations {
    /// The life of an import in the domain's own words: `phase`, what belongs to it (`stage`), `control` and `retired`
    /// replace Rocket.Chat's `step` and `valid`.
    static let lifecycle = Migration(number: 9, name: "life of imports") { dialect in
        let (integer, text) = (dialect.types.integer, dialect.types.text)
        return """
            ALTER TABLE import_operations ADD COLUMN phase \(text) NOT NULL DEFAULT 'created';
            ALTER TABLE import_operations ADD COLUMN stage \(text);
            ALTER TABLE import_operations ADD COLUMN control \(text) NOT NULL DEFAULT 'none';
            ALTER TABLE import_operations ADD COLUMN retired \(integer) NOT NULL DEFAULT 0;

            UPDATE import_operations SET retired = 1 - valid,
                phase = CASE step
                    WHEN 'importer_new' THEN 'created'
                    WHEN 'importer_uploading' THEN 'receiving'
                    WHEN 'importer_downloading_file' THEN 'receiving'
                    WHEN 'importer_file_loaded' THEN 'received'
                    WHEN 'importer_preparing_started' THEN 'reading'
                    WHEN 'importer_preparing_users' THEN 'reading'
                    WHEN 'importer_preparing_contacts' THEN 'reading'
                    WHEN 'importer_preparing_channels' THEN 'reading'
                    WHEN 'importer_preparing_messages' THEN 'reading'
                    WHEN 'importer_user_selection' THEN 'ready'
                    WHEN 'importer_done' THEN 'ended'
                    WHEN 'importer_import_failed' THEN 'ended'
                    WHEN 'importer_import_cancelled' THEN 'ended'
                    ELSE 'running' END,
                stage = CASE step
                    WHEN 'importer_uploading' THEN 'client'
                    WHEN 'importer_downloading_file' THEN 'address'
                    WHEN 'importer_preparing_users' THEN 'user'
                    WHEN 'importer_preparing_contacts' THEN 'contact'
                    WHEN 'importer_preparing_channels' THEN 'room'
                    WHEN 'importer_preparing_messages' THEN 'message'
                    WHEN 'importer_importing_started' THEN 'starting'
                    WHEN 'importer_importing_users' THEN 'users'
                    WHEN 'importer_importing_contacts' THEN 'contacts'
                    WHEN 'importer_importing_channels' THEN 'rooms'
                    WHEN 'importer_importing_messages' THEN 'messages'
                    WHEN 'importer_importing_files' THEN 'files'
                    WHEN 'importer_finishing' THEN 'finishing'
                    WHEN 'importer_done' THEN 'done'
                    WHEN 'importer_import_failed' THEN 'failed'
                    WHEN 'importer_import_cancelled' THEN 'canceled' END;
            UPDATE import_operations SET phase = 'ended', stage = 'failed' WHERE retired = 1 AND phase <> 'ended';

            DROP INDEX import_operations_valid;
            DROP INDEX import_operations_files;
            ALTER TABLE import_operations DROP COLUMN step;
            ALTER TABLE import_operations DROP COLUMN valid;
            CREATE INDEX import_operations_current ON import_operations (id) WHERE retired = 0;
            CREATE INDEX import_operations_files ON import_operations (file_id) WHERE retired = 1 AND file_removed = 0;
            """
    }
}
