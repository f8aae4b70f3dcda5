/// A customer of the live chat as a source describes them.
///
/// Ferry's workspace has no live chat: contacts are staged, counted and reported as skipped.
public struct ContactRecord: Equatable, Sendable {
    /// The source's ids of this contact; the first one names the record.
    public var importIDs: [String]
    /// The name.
    public var name: String?
    /// E-mail addresses.
    public var emails: [String]
    /// Phone numbers.
    public var phones: [String]
    /// The username of the contact's manager.
    public var managerUsername: String?
    /// Custom fields as the text of one JSON object.
    public var customFields: String?

    /// Creates a contact.
    public init(
        importIDs: [String], name: String? = nil, emails: [String] = [], phones: [String] = [],
        managerUsername: String? = nil, customFields: String? = nil
    ) {
        self.importIDs = importIDs
        self.name = name
        self.emails = emails
        self.phones = phones
        self.managerUsername = managerUsername
        self.customFields = customFields
    }
}
