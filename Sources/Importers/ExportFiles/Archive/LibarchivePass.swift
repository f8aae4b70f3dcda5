internal import CArchive
internal import Glibc

/// One reading of a file through libarchive.
final class LibarchivePass: ArchivePass {
    /// What is looked for in the file.
    enum Content {
        case zip
        case tar
        /// No archive: the bytes behind the compression.
        case compressedBytes
    }

    private let handle: OpaquePointer
    private let locale: locale_t?
    private(set) var isDead = false

    /// Opens a file.
    ///
    /// - Throws: `damaged` when libarchive does not find what is looked for.
    init(path: String, content: Content) throws(ExportFileError) {
        guard let handle = archive_read_new() else { throw ExportFileError(.damaged, "There is no memory to read it.") }
        self.handle = handle
        // Without a locale of its own, libarchive drops the names that are not ASCII in a process that has set none.
        // LC_CTYPE_MASK is a macro that Swift does not see.
        locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
        switch content {
        case .zip: archive_read_support_format_zip_seekable(handle)
        case .tar: archive_read_support_format_tar(handle)
        case .compressedBytes: archive_read_support_format_raw(handle)
        }
        // Not all filters: some of them start other programs.
        if case .zip = content {
            archive_read_set_format_option(handle, "zip", "mac-ext", nil)
        } else {
            archive_read_support_filter_gzip(handle)
            archive_read_support_filter_bzip2(handle)
            archive_read_support_filter_xz(handle)
            archive_read_support_filter_zstd(handle)
        }
        guard archive_read_open_filename(handle, path, 1 << 18) == ARCHIVE_OK else { throw damaged(entry: nil) }
        // The last filter is the file itself.
        guard archive_filter_count(handle) <= 2 else {
            throw ExportFileError(
                .unrecognized, "The file is compressed several times over. Unpack it once and send what is inside.")
        }
    }

    deinit {
        archive_read_free(handle)
        if let locale { freelocale(locale) }
    }

    var fileBytesRead: Int64 { max(0, archive_filter_bytes(handle, -1)) }

    func next() throws(ExportFileError) -> ArchiveHeader? {
        let previous = locale.flatMap { uselocale($0) }
        defer { if let previous { uselocale(previous) } }
        var entry: OpaquePointer?
        switch archive_read_next_header(handle, &entry) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK, ARCHIVE_WARN: break
        default: throw damaged(entry: nil)
        }
        guard let entry else { throw damaged(entry: nil) }
        let isHardLink = archive_entry_hardlink(entry) != nil
        let type = archive_entry_filetype(entry)
        return ArchiveHeader(
            nameBytes: archive_entry_pathname(entry).map(Self.bytes) ?? [],
            isRegularFile: (type == 0o100000 || type == 0) && !isHardLink, isFolder: type == 0o040000,
            isEncrypted: archive_entry_is_encrypted(entry) != 0, isSparse: archive_entry_sparse_count(entry) > 0,
            size: archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : nil)
    }

    func nextBlock() -> ArchiveBlock {
        var pointer: UnsafeRawPointer?
        var count = 0
        var offset: la_int64_t = 0
        let status = archive_read_data_block(handle, &pointer, &count, &offset)
        let block = UnsafeRawBufferPointer(start: pointer, count: pointer == nil ? 0 : count)
        switch status {
        case ARCHIVE_OK: return .data(block)
        case ARCHIVE_EOF: return .end
        // Sizes that are not as announced are no more than a warning to libarchive.
        case ARCHIVE_WARN: return .broken(block, reason: reason)
        case ARCHIVE_FATAL:
            isDead = true
            return .broken(UnsafeRawBufferPointer(start: nil, count: 0), reason: reason)
        default: return .broken(UnsafeRawBufferPointer(start: nil, count: 0), reason: reason)
        }
    }

    /// Why the last call failed, in libarchive's words; they hold no bytes of the file.
    private var reason: String {
        archive_error_string(handle).map { String(decoding: Self.bytes($0), as: UTF8.self) } ?? "unknown reason"
    }

    private func damaged(entry: String?) -> ExportFileError {
        isDead = true
        return ExportFileError(
            .damaged, "The archive is cut off or broken (\(reason)). Send it again, or export again.", entry: entry)
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
