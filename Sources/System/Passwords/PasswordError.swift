/// Why no password hash could be made, or no threads to make one.
public enum PasswordError: Error, Equatable, Sendable {
    /// The text holds a NUL byte or more than 72 bytes, of which bcrypt would silently leave some out.
    case unusableText
    /// bcrypt takes costs from 4 to 31.
    case costOutOfRange(Int)
    /// There has to be one thread at least of each kind.
    case threadCountOutOfRange(Int)
    /// The C library refused, with this `errno`.
    case hashingFailed(errno: Int32)
}
