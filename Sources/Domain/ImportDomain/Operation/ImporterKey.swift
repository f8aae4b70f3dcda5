/// Names a source of records on the wire (`importerKey`).
public struct ImporterKey: Identifier {
    /// The bare text.
    public let rawValue: String

    /// Wraps text that is known to be an importer's key.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Records come through `import.addUsers` and its relatives.
    public static let api = ImporterKey("api")
    /// Stands for `downloadPendingFiles` in a workspace without any import.
    public static let pendingFiles = ImporterKey("pending-files")
    /// Stands for `downloadPendingAvatars` in a workspace without any import.
    public static let pendingAvatars = ImporterKey("pending-avatars")
}

/// What clients see of an importer in `importers.list` and in an operation's progress.
public struct ImporterDescription: Equatable, Sendable {
    /// The importer's key.
    public let key: ImporterKey
    /// The importer's name for people.
    public let name: String
    /// What an operation of this importer is called in `operation.type`; upstream writes `api`, not `API`.
    public let operationType: String
    /// Whether administrators may choose it from the list.
    public let isListed: Bool
    /// Whether its import ids of people are usernames, so that somebody it does not describe may be an account of that
    /// name.
    public let namesPeopleByUsername: Bool

    /// A description of the given parts; an operation is named as the importer unless said otherwise.
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
