import ImportDomain
import Synchronization

/// Ids of accounts and rooms that a check would create, which nothing else has.
final class CheckIdentifiers: IdentifierSource {
    /// Ids of accounts and rooms contain no hyphen.
    private static let prefix = "check-"
    private let latest = Mutex(0)

    /// An id of the workspace; nil if a check made it.
    static func real(_ id: String) -> String? { id.hasPrefix(prefix) ? nil : id }

    func userID(at moment: Timestamp) -> UserID {
        let digits = String(
            latest.withLock { latest in
                latest += 1
                return latest
            })
        return UserID(Self.prefix + String(repeating: "0", count: max(0, 12 - digits.count)) + digits)
    }

    // A check creates nothing else.
    func operationID(at moment: Timestamp) -> OperationID { OperationID(Self.prefix) }
    func intakeID() -> IntakeID { IntakeID(Self.prefix) }
    func loginToken() -> String { Self.prefix }
    func password() -> String { Self.prefix }
}

/// Leaves passwords as they are: decisions depend on whether there is one.
struct Unhashed: PasswordHasher {
    let concurrentHashings = 1

    func digest(of password: String) -> String { "" }
    func hashes(of digests: [String]) -> [String] { digests.map { _ in "" } }
    func hash(of digest: String) -> String { "" }
    func verify(_ digest: String, against hash: String) -> Bool { false }
    func lockedHash() -> String { String(User.lockedHashEnd) }
    func tokenHash(of token: String) -> String { "" }
}
