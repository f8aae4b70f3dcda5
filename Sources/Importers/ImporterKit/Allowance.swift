/// The memory that one kind of element may take. Elements beyond it are counted and not kept.
///
/// The byte counts are estimates that include what a collection needs for an element.
public final class Allowance {
    private var bytesLeft: Int
    /// How many elements were rejected.
    public private(set) var refusedCount = 0

    /// An allowance in bytes.
    public init(bytes: Int) { bytesLeft = bytes }

    /// Counts an element that is rejected for another reason than memory.
    public func refuse() { refusedCount += 1 }

    /// Takes memory for one element.
    ///
    /// - Returns: false if too little is left; the caller then does not keep the element.
    public func take(_ bytes: Int) -> Bool {
        guard bytes <= bytesLeft else {
            refusedCount += 1
            return false
        }
        bytesLeft -= bytes
        return true
    }
}
