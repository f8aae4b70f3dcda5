import SQL

extension Migrations {
    /// What an administrator requested of the queue of downloads; the row is made by the first request.
    static let downloadQueue = Migration(number: 16, name: "download queue") { dialect in
        let text = dialect.types.text
        return """
            CREATE TABLE download_queue (
                id \(text) PRIMARY KEY,
                control \(text) NOT NULL
            )\(dialect.types.tableSuffix);
            """
    }
}
