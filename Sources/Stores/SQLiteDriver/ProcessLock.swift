import Glibc
import SQL
import Synchronization

/// Locks a file against other processes until this process ends, in any way.
///
/// SQLite would admit a second process, and both would take over each other's leases.
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
                    + "Stop it, or choose another data directory with --data.")
        }
        // The process id is for the error message above; the lock does not depend on it.
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Releases the lock.
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
