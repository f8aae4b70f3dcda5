/// A wall clock; tests control it.
public protocol WallClock: Sendable {
    /// The current time.
    func now() -> Timestamp
}

/// Creates ids and secrets; tests make them predictable.
public protocol IdentifierSource: Sendable {
    /// A new account id: its leading characters grow with time, so that bulk inserts append to the index, and its
    /// trailing characters are random.
    func userID(at moment: Timestamp) -> UserID

    /// A new operation id.
    func operationID(at moment: Timestamp) -> OperationID

    /// A new intake id.
    func intakeID() -> IntakeID

    /// A login token that cannot be guessed: 43 URL-safe characters.
    func loginToken() -> String

    /// A password that cannot be guessed, for people to copy.
    func password() -> String
}
