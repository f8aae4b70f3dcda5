/// Hashes for accounts whose password nobody knows, until they are given one.
public enum LockedPassword {
    /// A well-formed bcrypt hash of random characters, made without hashing: at a cost of 10 a real one would take a
    /// processor tens of milliseconds an account.
    ///
    /// Nobody can find the password of 184 random bits, and there most likely is none.
    ///
    /// - Parameter cost: what the hash says, from 4 to 31. It should be the cost of real hashes, so that a sign-in takes
    ///   as long on a locked account as on any other.
    public static func make(cost: Int = 10) -> String {
        precondition(BcryptFormat.costs.contains(cost), "bcrypt takes costs from 4 to 31")
        return BcryptFormat.setting(cost: cost) + BcryptFormat.randomText(byteCount: BcryptFormat.digestBytes)
    }
}
