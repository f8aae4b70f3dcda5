/// Why hashing or the creation of its threads failed.
public enum PasswordError: Error, Equatable, Sendable {
    /// The string contains NUL or more than 72 bytes, which bcrypt would silently truncate.
    case unusableText
    /// The cost must be from 4 to 31.
    case costOutOfRange(Int)
    /// At least one thread of each kind is required.
    case threadCountOutOfRange(Int)
    /// The C library failed with this `errno`.
    case hashingFailed(errno: Int32)
}
