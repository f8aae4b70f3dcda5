import ImportFixtures
import SQL

extension TestStore {
    /// Reverts the tables to an earlier migration, so that opening the store migrates them again.
    ///
    /// - Parameter number: the last migration that stays applied, 6 or later.
    func windBack(to number: Int) async throws {
        try await database.write { connection in
            if number < 28 {
                try connection.run(
                    script: """
                        DROP INDEX sessions_token_name;
                        ALTER TABLE sessions DROP COLUMN token_name;
                        ALTER TABLE sessions DROP COLUMN token_last_part;
                        ALTER TABLE sessions DROP COLUMN bypasses_two_factor;
                        """)
            }
            if number < 27 {
                try connection.run(script: "DROP TABLE import_failure_texts;")
                for column in ["first_written_at", "last_written_at"] {
                    try connection.run(script: "ALTER TABLE import_batches DROP COLUMN \(column);")
                }
                for column in ["control_at", "control_by", "control_by_username", "control_by_name"] {
                    try connection.run(script: "ALTER TABLE import_operations DROP COLUMN \(column);")
                }
            }
            if number < 26 {
                try connection.run(
                    script: """
                        DROP INDEX import_kept_reasons;
                        ALTER TABLE import_operations DROP COLUMN run_count;
                        """)
            }
            if number < 25 {
                for column in ["created_by_username", "created_by_name", "started_by_username", "started_by_name"] {
                    try connection.run(script: "ALTER TABLE import_operations DROP COLUMN \(column);")
                }
                try connection.run(
                    script: """
                        ALTER TABLE import_undos DROP COLUMN requested_username;
                        ALTER TABLE import_undos DROP COLUMN requested_name;
                        """)
            }
            if number < 24 {
                try connection.run(
                    script: """
                        DROP TABLE import_missing_members;
                        DROP TABLE import_incomplete_messages;
                        DROP TABLE import_check_pages;
                        CREATE TABLE import_check_pages (check_number INTEGER PRIMARY KEY);
                        """)
            }
            if number < 23 { try connection.run(script: "DROP TABLE import_batch_index;") }
            if number < 22 {
                try connection.run(
                    script: """
                        DROP TABLE import_undos;
                        DROP TABLE import_undo_counts;
                        DROP TABLE import_kept;
                        DROP TABLE removed_files;
                        DROP INDEX import_operations_undoing;
                        DROP INDEX import_changes_subject;
                        ALTER TABLE users DROP COLUMN changed_at;
                        ALTER TABLE rooms DROP COLUMN changed_at;
                        ALTER TABLE messages DROP COLUMN changed_at;
                        """)
            }
            if number < 21 {
                try connection.run(
                    script: """
                        ALTER TABLE import_failure_counts DROP COLUMN staged;
                        DROP TABLE import_retries;
                        DROP TABLE import_retried_records;
                        DROP INDEX import_records_reasons;
                        """)
            }
            if number < 20 {
                try connection.run(
                    script: """
                        DROP INDEX import_operations_deleted;
                        DROP INDEX users_pending_avatars;
                        DROP TABLE import_failure_counts;
                        """)
                for column in ["ended_at", "file_size", "file_sha256", "deleted"] {
                    try connection.run(script: "ALTER TABLE import_operations DROP COLUMN \(column);")
                }
            }
            if number < 19 {
                try connection.run(script: "ALTER TABLE messages DROP COLUMN record_digest;")
            }
            if number < 18 {
                try connection.run(script: "DROP TABLE import_check_pages; DROP TABLE import_checks;")
            }
            if number < 17 {
                try connection.run(script: "ALTER TABLE import_skipped DROP COLUMN account_id;")
                for column in ["room_policy", "guest_policy", "download_policy"] {
                    try connection.run(script: "ALTER TABLE import_operations DROP COLUMN \(column);")
                }
            }
            if number < 16 { try connection.run(script: "DROP TABLE download_queue;") }
            if number < 15 {
                try connection.run(script: "DROP TABLE import_id_organizations; DROP TABLE import_described;")
            }
            if number < 14 {
                try connection.run(
                    script: """
                        DROP INDEX import_batches_arriving;
                        ALTER TABLE import_records DROP COLUMN source_index;
                        ALTER TABLE import_batches DROP COLUMN first_index;
                        ALTER TABLE import_batches RENAME COLUMN lease_attempts TO attempts;
                        ALTER TABLE import_operations RENAME COLUMN lease_owner TO preparation_owner;
                        ALTER TABLE import_operations RENAME COLUMN lease_token TO preparation_token;
                        ALTER TABLE import_operations RENAME COLUMN lease_expires_at TO preparation_expires_at;
                        ALTER TABLE import_operations RENAME COLUMN lease_attempts TO preparation_attempts;
                        ALTER TABLE downloads DROP COLUMN lease_token;
                        ALTER TABLE downloads RENAME COLUMN lease_attempts TO claims;
                        """)
            }
            if number < 13 {
                try connection.run(
                    script: """
                        ALTER TABLE import_operations DROP COLUMN file_bytes_read;
                        ALTER TABLE import_operations DROP COLUMN file_bytes_total;
                        """)
            }
            if number < 12 {
                try connection.run(
                    script: """
                        DROP TABLE import_changes;
                        ALTER TABLE users DROP COLUMN import_number;
                        ALTER TABLE rooms DROP COLUMN import_number;
                        ALTER TABLE subscriptions DROP COLUMN import_number;
                        ALTER TABLE messages DROP COLUMN import_number;
                        ALTER TABLE user_import_ids DROP COLUMN import_number;
                        ALTER TABLE user_import_ids ADD COLUMN operation_id TEXT;
                        ALTER TABLE room_import_ids DROP COLUMN import_number;
                        ALTER TABLE room_import_ids ADD COLUMN operation_id TEXT;
                        DROP TABLE import_confirmed;
                        CREATE TABLE import_confirmed (
                            operation_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (operation_id, user_id));
                        """)
            }
            if number < 11 {
                try connection.run(
                    script: """
                        DROP TABLE workspace_version;
                        ALTER TABLE import_operations RENAME COLUMN user_policy TO matching;
                        """)
            }
            if number < 9 {
                let integer = connection.dialect.types.integer
                try connection.run(
                    script: """
                        DROP INDEX import_operations_current;
                        DROP INDEX import_operations_files;
                        ALTER TABLE import_operations DROP COLUMN phase;
                        ALTER TABLE import_operations DROP COLUMN stage;
                        ALTER TABLE import_operations DROP COLUMN control;
                        ALTER TABLE import_operations DROP COLUMN retired;
                        ALTER TABLE import_operations ADD COLUMN step TEXT NOT NULL DEFAULT 'importer_new';
                        ALTER TABLE import_operations ADD COLUMN valid \(integer) NOT NULL DEFAULT 1;
                        CREATE INDEX import_operations_valid ON import_operations (id) WHERE valid = 1;
                        CREATE INDEX import_operations_files ON import_operations (file_id)
                            WHERE valid = 0 AND file_removed = 0;
                        """)
            }
            if number < 10 { try connection.run(script: "DROP TABLE import_confirmed") }
            if number < 8 { try connection.run(script: "DROP TABLE former_users") }
            if number < 7 { try connection.run(script: "DROP TABLE import_failed") }
            try connection.execute("DELETE FROM migrations WHERE number > \(Int64(number))")
        }
    }
}
