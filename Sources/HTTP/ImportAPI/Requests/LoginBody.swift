/// The body of `login`: a name and a password, or a token to resume.
public struct LoginBody: Codable, Equatable, Sendable {
    /// The account, as people type its name or by one of its fields.
    public enum User: Codable, Equatable, Sendable {
        /// A username, or an e-mail address.
        case typed(String)
        /// One field of the account.
        case fields(UserFields)

        /// Reads either form.
        public init(from decoder: any Decoder) throws {
            // The other form is tried next.
            if let name = try? decoder.singleValueContainer().decode(String.self) {
                self = .typed(name)
            } else {
                self = .fields(try UserFields(from: decoder))
            }
        }

        /// Writes the form.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .typed(let name): try container.encode(name)
            case .fields(let fields): try container.encode(fields)
            }
        }
    }

    /// The fields that name an account.
    public struct UserFields: Codable, Equatable, Sendable {
        /// The username.
        public var username: String?
        /// An e-mail address.
        public var email: String?
        /// The account's id.
        public var id: String?

        /// Fields that name no account yet.
        public init() {}
    }

    /// A password.
    public enum Password: Codable, Equatable, Sendable {
        /// As people type it.
        case plain(String)
        /// A digest of it.
        case digest(Digest)

        /// Reads either form.
        public init(from decoder: any Decoder) throws {
            // The other form is tried next.
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .plain(text)
            } else {
                self = .digest(try Digest(from: decoder))
            }
        }

        /// Writes the form.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .plain(let text): try container.encode(text)
            case .digest(let digest): try container.encode(digest)
            }
        }
    }

    /// A digest of a password.
    public struct Digest: Codable, Equatable, Sendable {
        /// The hexadecimal SHA-256.
        public var digest: String
        /// `sha-256`.
        public var algorithm: String? = "sha-256"

        /// The hexadecimal SHA-256 of a password.
        public init(digest: String) { self.digest = digest }
    }

    /// The account.
    public var user: User?
    /// The username.
    public var username: String?
    /// An e-mail address.
    public var email: String?
    /// The password.
    public var password: Password?
    /// The token of a session to resume.
    public var resume: String?

    /// A body without credentials.
    public init() {}
}
