/// The body of `login`: a name and a password, or a token to resume.
public struct LoginBody: Codable, Equatable, Sendable {
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

    /// A digest of a password.
    public struct Digest: Codable, Equatable, Sendable {
        /// The hexadecimal SHA-256.
        public var digest: String
        /// `sha-256`.
        public var algorithm: String? = "sha-256"

        /// The hexadecimal SHA-256 of a password.
        public init(digest: String) { self.digest = digest }
    }

    /// The account, as people type its name or by one of its fields.
    public var user: StringOr<UserFields>?
    /// The username.
    public var username: String?
    /// An e-mail address.
    public var email: String?
    /// The password, as people type it or its digest.
    public var password: StringOr<Digest>?
    /// The token of a session to resume.
    public var resume: String?

    /// A body without credentials.
    public init() {}
}

/// A field that is a string or an object.
public enum StringOr<Object: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    /// A string.
    case string(String)
    /// An object.
    case object(Object)

    /// Reads either form.
    public init(from decoder: any Decoder) throws {
        // The other form is tried next.
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .string(text)
        } else {
            self = .object(try Object(from: decoder))
        }
    }

    /// Writes the form.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .string(let text): try text.encode(to: encoder)
        case .object(let object): try object.encode(to: encoder)
        }
    }
}
