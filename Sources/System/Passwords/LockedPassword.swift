import ImportDomain

/// Hashes for accounts without a password.
public enum LockedPassword {
    /// A well-formed bcrypt hash of random characters, made without hashing, which would take tens of milliseconds per
    /// account at cost 10.
    ///
    /// No password has it: its last character is one that bcrypt does not write.
    ///
    /// - Parameter cost: the stated cost, from 4 to 31. Use the cost of real hashes, so that a sign-in takes the same
    ///   time.
    public static func make(cost: Int = 10) -> String {
        precondition(BcryptFormat.costs.contains(cost), "bcrypt's cost is 4 to 31")
        return BcryptFormat.randomHash(cost: cost, end: User.lockedHashEnd)
    }
}
