import CArchive
import ExportFiles
import Foundation

/// A file of an archive that a test makes.
struct ArchiveFile {
    var name: String
    var data: [UInt8]

    init(_ name: String, _ data: [UInt8]) {
        self.name = name
        self.data = data
    }

    init(_ name: String, _ text: String = "text") {
        self.init(name, Array(text.utf8))
    }
}

/// How a test's archive is packed.
enum Packing: String, CaseIterable {
    case storedZip, deflatedZip, tar, tarGzip, tarBzip2, tarXz, tarZstd

    static let compressedTars: [Packing] = [.tarGzip, .tarBzip2, .tarXz, .tarZstd]
}

/// A folder that is removed with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "export-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A leftover folder is harmless.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file into the folder and returns its path.
    func file(_ bytes: [UInt8]) throws -> String {
        let file = path + "/" + UUID().uuidString
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    /// Writes an archive into the folder with libarchive and returns its path.
    func archive(_ files: [ArchiveFile], _ packing: Packing = .deflatedZip) throws -> String {
        let file = path + "/" + UUID().uuidString
        let writer = archive_write_new()
        defer { archive_write_free(writer) }
        switch packing {
        case .storedZip, .deflatedZip:
            archive_write_set_format_zip(writer)
            archive_write_set_options(writer, packing == .storedZip ? "compression=store" : "compression=deflate")
        case .tar, .tarGzip, .tarBzip2, .tarXz, .tarZstd: archive_write_set_format_pax_restricted(writer)
        }
        switch packing {
        case .tarGzip: archive_write_add_filter_gzip(writer)
        case .tarBzip2: archive_write_add_filter_bzip2(writer)
        case .tarXz: archive_write_add_filter_xz(writer)
        case .tarZstd: archive_write_add_filter_zstd(writer)
        default: break
        }
        try check(archive_write_open_filename(writer, file), writer)
        for item in files { try add(item, to: writer) }
        try check(archive_write_close(writer), writer)
        return file
    }

    /// Compresses bytes with gzip `times` times and returns the path of the file.
    func gzip(_ bytes: [UInt8], times: Int = 1) throws -> String {
        let file = path + "/" + UUID().uuidString
        let writer = archive_write_new()
        defer { archive_write_free(writer) }
        archive_write_set_format_raw(writer)
        for _ in 0..<times { archive_write_add_filter_gzip(writer) }
        try check(archive_write_open_filename(writer, file), writer)
        try add(ArchiveFile("content", bytes), to: writer)
        try check(archive_write_close(writer), writer)
        return file
    }

    private func add(_ item: ArchiveFile, to writer: OpaquePointer?) throws {
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname_utf8(entry, item.name)
        archive_entry_copy_pathname(entry, item.name)
        archive_entry_set_filetype(entry, item.name.hasSuffix("/") ? 0o040000 : 0o100000)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_size(entry, la_int64_t(item.data.count))
        try check(archive_write_header(writer, entry), writer)
        let written = item.data.withUnsafeBytes { archive_write_data(writer, $0.baseAddress, $0.count) }
        guard written == item.data.count else { throw WritingFailure(message: "only \(written) bytes were written") }
    }

    private func check(_ status: Int32, _ writer: OpaquePointer?) throws {
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN else {
            throw WritingFailure(message: archive_error_string(writer).map { String(cString: $0) } ?? "unknown")
        }
    }
}

/// Why an archive could not be made.
struct WritingFailure: Error {
    let message: String
}

/// The text of a source.
func text(of source: any ByteSource) throws -> String {
    var bytes: [UInt8] = []
    try source.read { bytes.append(contentsOf: $0) }
    return String(decoding: bytes, as: UTF8.self)
}

/// Names and texts of all files of an archive, in its order.
func contents(of archive: ExportArchive) throws -> [String: String] {
    var contents: [String: String] = [:]
    try archive.scan { contents[$0.name] = try text(of: $0) }
    return contents
}

/// The error that `body` ends with.
func exportFileError(_ body: () throws -> Void) -> ExportFileError? {
    do {
        try body()
        return nil
    } catch let error as ExportFileError {
        return error
    } catch {
        fatalError("only errors of export files are expected, not \(error)")
    }
}

/// The bytes of a file.
func bytes(at path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
}
