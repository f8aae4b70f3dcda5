/// A selection by rule; an addition of Ferry. Of a type that is absent, everything is selected.
public struct SelectionBody: Codable, Equatable, Sendable {
    /// Which records of one type are imported: those that match, less `except`, and those in `also`.
    public struct Rule: Codable, Equatable, Sendable {
        /// False selects only `also`; true by default.
        public var all: Bool?
        /// Only records with all of these properties.
        public var filter: [String]?
        /// Only records with none of these properties.
        public var without: [String]?
        /// Only records with this in their name, username or address.
        public var search: String?
        /// First import ids of records that are not selected.
        public var except: [String]?
        /// First import ids of records that are selected in any case.
        public var also: [String]?

        /// Every record, unless narrowed.
        public init(
            all: Bool? = nil, filter: [String]? = nil, without: [String]? = nil, search: String? = nil,
            except: [String]? = nil, also: [String]? = nil
        ) {
            self.all = all
            self.filter = filter
            self.without = without
            self.search = search
            self.except = except
            self.also = also
        }
    }

    /// The users.
    public var users: Rule?
    /// The rooms.
    public var channels: Rule?
    /// The contacts.
    public var contacts: Rule?
    /// Whether the messages of selected rooms are imported; true by default.
    public var messages: Bool?

    /// Everything, unless narrowed.
    public init(users: Rule? = nil, channels: Rule? = nil, contacts: Rule? = nil, messages: Bool? = nil) {
        self.users = users
        self.channels = channels
        self.contacts = contacts
        self.messages = messages
    }
}
