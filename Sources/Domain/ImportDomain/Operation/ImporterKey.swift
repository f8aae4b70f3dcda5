/// The name of an importer on the wire (`importerKey`).
public struct ImporterKey: Identifier {
    /// The string.
    public let rawValue: String

    /// Wraps text that is known to be an importer's key.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The importer of `import.addUsers`, `import.addChannels` and `import.addMessages`.
    public static let api = ImporterKey("api")
    /// Represents `downloadPendingFiles` in a workspace without any import.
    public static let pendingFiles = ImporterKey("pending-files")
    /// Represents `downloadPendingAvatars` in a workspace without any import.
    public static let pendingAvatars = ImporterKey("pending-avatars")
}

/// The description of an importer in `importers.list` and in an operation's progress.
public struct ImporterDescription: Equatable, Sendable {
    /// The importer's key.
    public let key: ImporterKey
    /// The importer's display name.
    public let name: String
    /// The value of `operation.type`; Rocket.Chat has `api`, not `API`.
    public let operationType: String
    /// Whether administrators may choose it from the list.
    public let isListed: Bool
    /// Whether its import ids of people are usernames, so that a person whom it does not describe may be the account of
    /// that name.
    public let namesPeopleByUsername: Bool

    /// A description; the operation type defaults to the importer's name.
    public init(
        key: ImporterKey, name: String, operationType: String? = nil, isListed: Bool = true,
        namesPeopleByUsername: Bool = false
    ) {
        self.key = key
        self.name = name
        self.operationType = operationType ?? name
        self.isListed = isListed
        self.namesPeopleByUsername = namesPeopleByUsername
    }

    /// The importer behind `import.new` and `import.addUsers`.
    public static let api = ImporterDescription(key: .api, name: "API", operationType: "api", isListed: false)

    /// Importers that read nothing themselves.
    public static let builtIn = [
        api, ImporterDescription(key: .pendingFiles, name: "Pending Files", isListed: false),
        ImporterDescription(key: .pendingAvatars, name: "Pending Avatars", isListed: false),
    ]
}
