internal import CCrypt
internal import Glibc

/// bcrypt of the C library's crypt; thread-safe.
///
/// A call takes tens of milliseconds at usual costs: run it on `PasswordThreads`, not in a task.
public enum Bcrypt {
    /// A `$2b$` hash with a new random salt.
    ///
    /// - Parameters:
    ///   - digest: the input, at most 72 bytes without NUL.
    ///   - cost: the binary logarithm of the number of rounds, from 4 to 31.
    /// - Throws: `PasswordError.unusableText` and `.costOutOfRange` for arguments outside these bounds, and
    ///   `.hashingFailed` if the C library fails.
    public static func hash(_ digest: String, cost: Int) throws(PasswordError) -> String {
        guard BcryptFormat.costs.contains(cost) else { throw .costOutOfRange(cost) }
        guard isUsable(digest) else { throw .unusableText }
        return try compute(digest, setting: BcryptFormat.setting(cost: cost))
    }

    /// Whether a hash matches a digest; false for anything but a bcrypt hash.
    ///
    /// - Parameters:
    ///   - digest: the digest to check.
    ///   - hash: `$2a$`, `$2b$` or `$2y$`.
    public static func verify(_ digest: String, against hash: String) -> Bool {
        guard isUsable(digest), BcryptFormat.isWellFormed(hash) else { return false }
        do throws(PasswordError) {
            return isEqual(try compute(digest, setting: hash), hash)
        } catch {
            // If the library fails, the sign-in fails.
            return false
        }
    }

    /// C truncates a string at NUL, and bcrypt ignores bytes after the 72nd.
    private static func isUsable(_ digest: String) -> Bool {
        digest.utf8.count <= 72 && !digest.utf8.contains(0)
    }

    private static func compute(_ digest: String, setting: String) throws(PasswordError) -> String {
        // crypt_rn requires zeroed state, which afterwards contains traces of the password.
        let (hash, code): (String?, Int32) = withUnsafeTemporaryAllocation(of: crypt_data.self, capacity: 1) { room in
            let memory = UnsafeMutableRawBufferPointer(room)
            guard let state = memory.initializeMemory(as: UInt8.self, repeating: 0).baseAddress else {
                return (nil, ENOMEM)
            }
            defer { explicit_bzero(state, memory.count) }
            let output = crypt_rn(digest, setting, state, Int32(memory.count))
            return (output.map { String(cString: $0) }, errno)
        }
        guard let hash else { throw .hashingFailed(errno: code) }
        return hash
    }

    /// Compares every byte, in constant time.
    private static func isEqual(_ computed: String, _ stored: String) -> Bool {
        guard computed.utf8.count == stored.utf8.count else { return false }
        return zip(computed.utf8, stored.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
