internal import Foundation
internal import Glibc
internal import JSON

/// The mappings of earlier files, by their header rows.
///
/// A file in the user's configuration directory. It has titles of columns and nothing of the rows below them.
public struct HeaderMemory: Sendable {
    private static let maximumHeaders = 100
    private static let maximumBytes = 4 << 20

    private struct Header {
        let columns: [String]
        let map: String
    }

    private let directory: String
    private var path: String { directory + "/headers.json" }

    /// A memory in a directory, which is created with the first mapping.
    public init(directory: String) { self.directory = directory }

    /// The mapping of the latest file with these columns; nil if there is none.
    ///
    /// - Throws: `UserFileError` if the file is not readable as a memory.
    func map(of columns: [String]) throws -> String? {
        try headers().first { $0.columns == columns }?.map
    }

    /// Keeps a mapping, in place of an earlier one of these columns.
    ///
    /// - Throws: `UserFileError` if the file cannot be written.
    func remember(_ map: String, of columns: [String]) throws {
        var headers = try headers().filter { $0.columns != columns }
        headers.insert(Header(columns: columns, map: map), at: 0)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("headers")
        writer.beginArray()
        for header in headers.prefix(Self.maximumHeaders) {
            writer.beginObject()
            writer.texts(header.columns, for: "columns")
            writer.text(header.map, for: "map")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        try write(writer.bytes)
    }

    private func headers() throws -> [Header] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw UserFileError.system(.memoryUnusable, "opened", path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            guard read >= 0 else { throw UserFileError.system(.memoryUnusable, "read", path) }
            if read == 0 { break }
            count += read
        }
        do {
            guard case .array(let items) = try JSONValue(parsing: Array(bytes[..<count]))["headers"] else {
                throw JSONError(code: .wrongKind, offset: 0, detail: "expected headers")
            }
            return try items.map { item in
                guard case .array(let columns) = item["columns"], case .string(let map) = item["map"] else {
                    throw JSONError(code: .wrongKind, offset: 0, detail: "expected columns and map")
                }
                return Header(
                    columns: columns.compactMap { if case .string(let name) = $0 { name } else { nil } }, map: map)
            }
        } catch {
            throw UserFileError(
                .memoryUnusable, "\(path) is not a file of remembered headers. Remove it: \(error)", value: path)
        }
    }

    /// Replaces the file as a whole.
    private func write(_ bytes: [UInt8]) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw UserFileError(.memoryUnusable, "\(directory) cannot be created: \(error)", value: directory)
        }
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw UserFileError.system(.memoryUnusable, "created", temporary) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let number = errno
                close(descriptor)
                unlink(temporary)
                throw UserFileError.system(.memoryUnusable, "written", temporary, number)
            }
            written += count
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let number = errno
            unlink(temporary)
            throw UserFileError.system(.memoryUnusable, "replaced", path, number)
        }
    }
}
