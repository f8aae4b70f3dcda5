/// `state` of `import.status`: what a client can do with the current operation.
public enum ImportState: String, CaseIterable, Codable, Sendable {
    /// There never was an operation.
    case none
    /// Created; nothing is staged.
    case new
    /// A file is being received or read.
    case loading
    /// Records are staged; the import is not started.
    case ready
    /// Records are being imported, or the import is being undone.
    case importing
    /// Every staged record was processed, even if none could be imported.
    case done
    /// An error stopped the operation.
    case error
    /// An administrator stopped the operation, or undid it.
    case canceled

    /// Whether the operation has ended.
    public var isFinal: Bool { self == .done || self == .error || self == .canceled }
}

/// `status` of an operation: how far it has come.
///
/// Source: Rocket.Chat's `importer_*` steps.
public enum ImportStatus: String, CaseIterable, Codable, Sendable {
    /// Created; nothing is staged.
    case new = "importer_new"
    /// A file is being received from a client.
    case uploading = "importer_uploading"
    /// A file is being fetched from an address.
    case downloadingFile = "importer_downloading_file"
    /// A file was received and is not read yet.
    case fileLoaded = "importer_file_loaded"
    /// A file is being read.
    case preparingStarted = "importer_preparing_started"
    /// Users of a file are being staged.
    case preparingUsers = "importer_preparing_users"
    /// Contacts of a file are being staged.
    case preparingContacts = "importer_preparing_contacts"
    /// Rooms of a file are being staged.
    case preparingChannels = "importer_preparing_channels"
    /// Messages of a file are being staged.
    case preparingMessages = "importer_preparing_messages"
    /// Records are staged; the import is not started.
    case userSelection = "importer_user_selection"
    /// The start was accepted.
    case importingStarted = "importer_importing_started"
    /// Users are being imported.
    case importingUsers = "importer_importing_users"
    /// Contacts are being imported.
    case importingContacts = "importer_importing_contacts"
    /// Rooms are being imported.
    case importingChannels = "importer_importing_channels"
    /// Messages are being imported.
    case importingMessages = "importer_importing_messages"
    /// Files of messages are being extracted from the operation's own file; an addition of Ferry.
    case importingFiles = "importer_importing_files"
    /// All records are processed; totals are being recounted.
    case finishing = "importer_finishing"
    /// The import is being undone; an addition of Ferry.
    case undoing = "importer_undoing"
    /// Every record was processed.
    case done = "importer_done"
    /// An error stopped the operation.
    case importFailed = "importer_import_failed"
    /// An administrator stopped the operation.
    case importCancelled = "importer_import_cancelled"
}
