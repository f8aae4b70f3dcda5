internal import CCrypt
internal import Glibc

/// bcrypt through the C library's crypt; each call keeps its state to itself, so any thread may make it.
///
/// A call computes for tens of milliseconds at the usual costs: it belongs on a thread of `PasswordThreads`, not in a
/// task.
public enum Bcrypt {
    /// A `$2b$` hash with a new random salt.
    ///
    /// - Parameters:
    ///   - digest: what the hash is made over; 72 bytes at most, without NUL.
    ///   - cost: the binary logarithm of the number of rounds, from 4 to 31.
    /// - Throws: `PasswordError.unusableText` and `.costOutOfRange` for arguments outside these bounds, and
    ///   `.hashingFailed` when the C library refuses.
    public static func hash(_ digest: String, cost: Int) throws(PasswordError) -> String {
        guard BcryptFormat.costs.contains(cost) else { throw .costOutOfRange(cost) }
        guard isUsable(digest) else { throw .unusableText }
        return try compute(digest, setting: BcryptFormat.setting(cost: cost))
    }

    /// Whether a hash was made over a digest; `false` also for anything that is no bcrypt hash.
    ///
    /// - Parameters:
    ///   - digest: the digest to check.
    ///   - hash: `$2a$`, `$2b$` or `$2y$`.
    public static func verify(_ digest: String, against hash: String) -> Bool {
        guard isUsable(digest), BcryptFormat.isWellFormed(hash) else { return false }
        do throws(PasswordError) {
            return isEqual(try compute(digest, setting: hash), hash)
        } catch {
            // What the library cannot compute, nobody can sign in with.
            return false
        }
    }

    /// C ends a text at its first NUL, and bcrypt leaves out what follows the 72nd byte.
    private static func isUsable(_ digest: String) -> Bool {
        digest.utf8.count <= 72 && !digest.utf8.contains(0)
    }

    private static func compute(_ digest: String, setting: String) throws(PasswordError) -> String {
        // crypt_rn wants its state zeroed; afterwards it holds traces of the password.
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

    /// Looks at every byte, so that the time tells nothing about where two hashes differ.
    private static func isEqual(_ computed: String, _ stored: String) -> Bool {
        guard computed.utf8.count == stored.utf8.count else { return false }
        return zip(computed.utf8, stored.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
