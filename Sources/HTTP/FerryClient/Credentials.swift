/// How an account proves who it is.
///
/// Source: docs/api.md, "Sessions".
public enum Credentials: Sendable {
    /// A username or e-mail address, and the password as people type it.
    case password(user: String, password: String)
    /// A username or e-mail address, and the hexadecimal SHA-256 of the password. The password itself is not sent.
    case digest(user: String, sha256: String)
    /// The token of a session that exists. The server returns its account.
    case token(String)
}

extension Credentials: CustomStringConvertible, CustomReflectable {
    /// The kind and the account; never a secret.
    public var description: String {
        switch self {
        case .password(let user, _): "a password of \(user)"
        case .digest(let user, _): "a digest of \(user)"
        case .token: "a token"
        }
    }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A signed-in account: the values of the headers that authenticate a call.
///
/// Keep it to continue a session later, in a file that only its owner can read.
public struct Session: Codable, Equatable, Sendable {
    /// The account's id, for `X-User-Id`.
    public var userID: String
    /// The token, for `X-Auth-Token`. A secret.
    public var token: String

    /// A session that exists already, such as one of a personal access token.
    public init(userID: String, token: String) {
        self.userID = userID
        self.token = token
    }
}

extension Session: CustomStringConvertible, CustomReflectable {
    /// The account; never the token.
    public var description: String { "a session of \(userID)" }

    /// A mirror without the token.
    public var customMirror: Mirror { Mirror(self, children: ["userID": userID]) }
}
