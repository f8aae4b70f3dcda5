/// Turns password digests into stored hashes, on threads of its own.
///
/// A digest is the lower-case hexadecimal SHA-256 of the plain text, which is what clients may send and what the
/// hash is made over, so that either form can sign in.
public protocol PasswordHasher: Sendable {
    /// The digest of a plain-text password.
    func digest(of password: String) -> String

    /// How many digests of bulk work are hashed at the same time.
    var concurrentHashings: Int { get }

    /// Hashes of many digests in the same order; bulk work that yields to sign-ins.
    ///
    /// - Throws: `CancellationError` when the task was cancelled.
    func hashes(of digests: [String]) async throws -> [String]

    /// The hash of one digest, for somebody who waits for it; never waits behind bulk work.
    func hash(of digest: String) async throws -> String

    /// Whether a digest belongs to a hash; never waits behind bulk work.
    func verify(_ digest: String, against hash: String) async throws -> Bool

    /// A well-formed hash whose password nobody knows, made at no hashing cost.
    func lockedHash() -> String

    /// The form in which a login token is stored.
    func tokenHash(of token: String) -> String
}
