public import ImportDomain
import Synchronization

/// Sequential ids, so that tests know them.
public final class SequentialIdentifiers: IdentifierSource {
    private let latest = Mutex(0)

    /// The first id has the number 1.
    public init() {}

    /// `user0000000000001`, …: 17 characters.
    public func userID(at moment: Timestamp) -> UserID { UserID("user" + number(width: 13)) }

    /// `000000000000000000000001`, …: 24 digits.
    public func operationID(at moment: Timestamp) -> OperationID { OperationID(number(width: 24)) }

    /// `intake1`, ….
    public func intakeID() -> IntakeID { IntakeID("intake" + number(width: 1)) }

    /// 43 characters.
    public func loginToken() -> String { "token" + number(width: 38) }

    /// `password1`, ….
    public func password() -> String { "password" + number(width: 1) }

    private func number(width: Int) -> String {
        let digits = String(
            latest.withLock { latest in
                latest += 1
                return latest
            })
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
