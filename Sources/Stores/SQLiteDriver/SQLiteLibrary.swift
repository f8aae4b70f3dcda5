internal import CSQLite

/// Settings of the SQLite library, which hold for the whole process.
enum SQLiteLibrary {
    /// Makes the settings, the first time it is read. SQLite accepts them only before its first connection is opened.
    ///
    /// Without statistics of its memory, which nobody reads, SQLite takes no lock for each allocation. Inserting an
    /// account makes about twenty. Where SQLite is in use already, it rejects the setting, which costs only time.
    static let isConfigured = ferry_sqlite_omit_memory_statistics() == 0
}
