internal import Glibc
internal import Synchronization

/// Random bytes from the system: one system call for many, not one for each id and hash of an import.
public final class RandomBytes: Sendable {
    /// The bytes for the whole process.
    public static let shared = RandomBytes()

    /// How many bytes the system gives at once without an interruption.
    private static let capacity = 256

    private struct Stock {
        var bytes = [UInt8](repeating: 0, count: RandomBytes.capacity)
        /// How many of them were not given out. They are at the start.
        var count = 0
    }

    private let stock = Mutex(Stock())

    private init() {}

    /// Fills a buffer of up to 256 bytes. Bytes are given out once.
    public func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count <= Self.capacity, "up to 256 bytes")
        stock.withLock { stock in
            stock.bytes.withUnsafeMutableBytes { bytes in
                if stock.count < buffer.count {
                    precondition(
                        getentropy(bytes.baseAddress, bytes.count) == 0,
                        "the system's random source is always there, and gives up to 256 bytes")
                    stock.count = bytes.count
                }
                stock.count -= buffer.count
                let given = UnsafeMutableRawBufferPointer(rebasing: bytes[stock.count..<stock.count + buffer.count])
                buffer.copyMemory(from: UnsafeRawBufferPointer(given))
                given.initializeMemory(as: UInt8.self, repeating: 0)
            }
        }
    }

    /// A number in which every bit is random.
    public func number() -> UInt64 {
        var number: UInt64 = 0
        withUnsafeMutableBytes(of: &number, fill)
        return number
    }
}
