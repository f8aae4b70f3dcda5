/// How many bytes of memory one kind of thing may take; what goes beyond is counted and not kept.
///
/// The byte counts are estimates that include what a collection needs for an element.
public final class Allowance {
    private var bytesLeft: Int
    /// How many things were refused.
    public private(set) var refusedCount = 0

    /// An allowance of so many bytes.
    public init(bytes: Int) { bytesLeft = bytes }

    /// Counts a thing that is not kept for another reason than its memory.
    public func refuse() { refusedCount += 1 }

    /// Takes memory for one thing.
    ///
    /// - Returns: false when not enough is left; the caller then does not keep the thing.
    public func take(_ bytes: Int) -> Bool {
        guard bytes <= bytesLeft else {
            refusedCount += 1
            return false
        }
        bytesLeft -= bytes
        return true
    }
}
