internal import Glibc

/// The bytes of a file on disk, read at any place.
final class FileBytes {
    let size: Int64
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `damaged` when it is not there or is not an ordinary file.
    init(path: String) throws(ExportFileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.systemFailure("opened", errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & 0o170000 == 0o100000 else {
            close(descriptor)
            throw ExportFileError(.damaged, "The upload cannot be opened: it is not an ordinary file. Send it again.")
        }
        size = Int64(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Fills a buffer from a place of the file on.
    ///
    /// - Returns: how many bytes were there, fewer than asked for only at the end of the file.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ExportFileError) -> Int {
        var count = 0
        while count < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let result = pread(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(count))
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw Self.systemFailure("read", errno) }
            if result == 0 { break }
            count += result
        }
        return count
    }

    /// Up to `count` bytes from a place on.
    func bytes(at offset: Int64, count: Int) throws(ExportFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read = 0
        // A closure that throws a typed error cannot be passed on here, so the result is carried out.
        var failure: ExportFileError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(ExportFileError) { read = try self.read(at: offset, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        bytes.removeLast(count - read)
        return bytes
    }

    private static func systemFailure(_ action: String, _ number: Int32) -> ExportFileError {
        let reason = strerror(number).map { String(cString: $0) } ?? String(number)
        return ExportFileError(.damaged, "The upload cannot be \(action): \(reason). Send it again.")
    }
}
