import CZstd

/// Zstandard at its fastest level, which reduces staged messages to about a quarter.
public enum Zstandard {
    /// Why decompression failed.
    public enum Failure: Error, Equatable, Sendable {
        /// The bytes are not output of `compress`.
        case damaged(String)
        /// The content exceeds the limit.
        case tooLarge(limitBytes: Int)
    }

    /// The compressed form of some bytes.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let size = bytes.withUnsafeBytes { ZSTD_compress(buffer.baseAddress, bound, $0.baseAddress, $0.count, 1) }
            // The buffer has the maximum size, so only a lack of memory can fail.
            precondition(ZSTD_isError(size) == 0, "no memory to compress \(bytes.count) bytes")
            count = size
        }
    }

    /// The content of compressed bytes.
    ///
    /// - Parameter limitBytes: the most bytes that the content may have.
    /// - Throws: `Failure`.
    public static func decompress(_ bytes: [UInt8], limitBytes: Int) throws(Failure) -> [UInt8] {
        let declared = bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two largest numbers mean "unknown" and "no frame"; `compress` always writes the size.
        guard declared < UInt64(Int.max) else { throw .damaged("no size") }
        guard declared <= UInt64(limitBytes) else { throw .tooLarge(limitBytes: limitBytes) }
        var failure: Failure?
        let content = [UInt8](unsafeUninitializedCapacity: Int(declared)) { buffer, count in
            let size = bytes.withUnsafeBytes {
                ZSTD_decompress(buffer.baseAddress, Int(declared), $0.baseAddress, $0.count)
            }
            if ZSTD_isError(size) != 0 {
                failure = .damaged(String(cString: ZSTD_getErrorName(size)))
            } else {
                count = size
            }
        }
        if let failure { throw failure }
        return content
    }
}
