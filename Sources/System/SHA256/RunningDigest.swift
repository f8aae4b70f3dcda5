internal import CCrypto
internal import Synchronization

/// SHA-256 of bytes that arrive in chunks. A chunk is hashed on another thread while the next one arrives.
public final class RunningDigest: Sendable {
    /// The state of libcrypto, by its address. Only one task at a time uses it: each waits for the one before.
    private let context: Int
    private let pending = Mutex<Task<Void, Never>?>(nil)

    /// A digest of no bytes yet.
    public init() {
        guard let context = ferry_sha256_begin() else {
            preconditionFailure("the system's libcrypto has SHA-256, and the process has memory for it")
        }
        self.context = Int(bitPattern: context)
    }

    deinit { ferry_sha256_free(OpaquePointer(bitPattern: context)) }

    /// Adds a chunk, once the previous one is hashed. Calls must not overlap.
    ///
    /// - Parameter withBytes: calls its argument with the bytes, at any time until the next call has returned.
    public func append(
        _ withBytes: @escaping @Sendable (_ hash: (UnsafeRawBufferPointer) -> Void) -> Void
    ) async {
        await wait()
        let task = Task { [self] in
            withBytes { ferry_sha256_update(OpaquePointer(bitPattern: context), $0.baseAddress, $0.count) }
        }
        pending.withLock { $0 = task }
    }

    /// The digest of all chunks, as 64 lower-case hexadecimal digits. Ends the calls.
    public func finish() async -> String {
        await wait()
        return SHA256Digest.hexadecimal(
            SHA256Digest.words { ferry_sha256_end(OpaquePointer(bitPattern: context), $0) })
    }

    private func wait() async { await pending.withLock { $0 }?.value }
}
