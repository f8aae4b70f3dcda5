/// The body of `uploadImportFile`. The server reads it in chunks.
public struct UploadBody: Codable, Equatable, Sendable {
    /// The file in base64.
    public var binaryContent: String
    /// The media type of the file.
    public var contentType: String
    /// The name of the file.
    public var fileName: String
    /// The importer's key.
    public var importerKey: String

    /// A file for an importer.
    public init(binaryContent: String, contentType: String, fileName: String, importerKey: String) {
        self.binaryContent = binaryContent
        self.contentType = contentType
        self.fileName = fileName
        self.importerKey = importerKey
    }
}

/// The body of `downloadPublicImportFile`.
public struct DownloadBody: Codable, Equatable, Sendable {
    /// Where the file is.
    public var fileUrl: String
    /// The importer's key.
    public var importerKey: String

    /// A file for an importer.
    public init(fileUrl: String, importerKey: String) {
        self.fileUrl = fileUrl
        self.importerKey = importerKey
    }
}

/// The body of `startImport`. The server reads it entry by entry, and also the form of Rocket.Chat before 7.0.
public struct StartBody: Codable, Equatable, Sendable {
    /// The records of one type to import.
    public struct Selection: Codable, Equatable, Sendable {
        /// Whether all are imported.
        public var all: Bool?
        /// The first import ids of those that are imported.
        public var list: [String]?

        /// All records.
        public static let everything = Selection(all: true, list: nil)

        /// The records with these first import ids.
        public static func listed(_ ids: [String]) -> Selection { Selection(all: nil, list: ids) }
    }

    /// What is selected of each type; of a type that is absent, nothing.
    public struct Input: Codable, Equatable, Sendable {
        /// The users.
        public var users: Selection?
        /// The rooms.
        public var channels: Selection?
        /// The contacts.
        public var contacts: Selection?

        /// A selection of nothing.
        public init() {}
    }

    /// What is selected; either this or `selection`.
    public var input: Input?
    /// What is selected, by rules; an addition of Ferry.
    public var selection: SelectionBody?
    /// The treatment of conflicts; an addition of Ferry.
    public var policy: PolicyBody?

    /// A selection.
    public init(input: Input, policy: PolicyBody? = nil) {
        self.input = input
        self.policy = policy
    }

    /// A selection by rules.
    public init(selection: SelectionBody, policy: PolicyBody? = nil) {
        self.selection = selection
        self.policy = policy
    }
}
