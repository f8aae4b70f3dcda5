import Glibc
import SQL
import Synchronization

/// Keeps a second process away from a file for as long as this process lives, however it ends.
///
/// SQLite would let it in, and the two would take each other's leases over.
final class ProcessLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `SQLError.unavailable`, naming the process that holds the lock.
    init(path: String, resource: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SQLError.unavailable(
                message: "The database \(resource) cannot be opened: \(String(cString: strerror(errno))). "
                    + "Check that its directory exists and can be written.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw SQLError.unavailable(
                message: "The database \(resource) is already in use by \(holder). "
                    + "Stop it, or give this one a data directory of its own (--data).")
        }
        // The number is for people who meet the refusal above; the lock itself does not depend on it.
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Lets other processes in.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    private static func holder(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.isEmpty ? "another process" : "process \(String(decoding: digits, as: UTF8.self))"
    }
}
