/// Hashes password digests on its own threads.
///
/// A digest is the lower-case hexadecimal SHA-256 of the plain text. Clients may send either; the hash is computed over
/// the digest.
public protocol PasswordHasher: Sendable {
    /// The digest of a plain-text password.
    func digest(of password: String) -> String

    /// How many digests of bulk work are hashed in parallel.
    var concurrentHashings: Int { get }

    /// Hashes of many digests in the same order; bulk work that yields to sign-ins.
    ///
    /// - Throws: `CancellationError` when the task was cancelled.
    func hashes(of digests: [String]) async throws -> [String]

    /// The hash of one digest; never waits for bulk work.
    func hash(of digest: String) async throws -> String

    /// Whether a digest matches a hash; never waits for bulk work.
    func verify(_ digest: String, against hash: String) async throws -> Bool

    /// A well-formed hash that no password has, made without hashing; it ends in `User.lockedHashEnd`.
    func lockedHash() -> String

    /// The stored form of a login token.
    func tokenHash(of token: String) -> String
}
