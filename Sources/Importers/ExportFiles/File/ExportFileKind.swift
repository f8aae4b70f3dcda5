internal import DelimitedText
internal import JSON

/// What a file is, by its content, never by its name or declared type.
public enum ExportFileKind: Hashable, Sendable {
    /// A zip archive.
    case zip
    /// A tar archive.
    case tar
    /// A tar archive in gzip, bzip2, xz or zstd.
    case compressedTar
    /// Anything else in gzip, bzip2, xz or zstd, and what that is.
    indirect case compressed(ExportFileKind)
    /// One JSON value.
    case json
    /// One JSON value a line.
    case jsonLines
    /// Any other text.
    case delimitedText
    /// Documents of a MongoDB collection.
    case bson
    /// An archive that mongodump wrote.
    case mongoArchive
    /// A SQLite database.
    case sqliteDatabase
    /// A page in HTML, as failed downloads leave behind.
    case webPage
    /// A PDF document.
    case pdf
    /// A document of an Office version before 2007.
    case oldOffice
    /// A document of an Office program, which is a zip archive itself.
    case officeDocument
    /// A RAR archive.
    case rar
    /// A 7z archive.
    case sevenZip
    /// A file that the OpenSSL command encrypted.
    case encrypted
    /// No bytes at all.
    case empty
    /// None of these.
    case unknown

    /// Whether `ExportArchive` reads it.
    public var isArchive: Bool {
        switch self {
        case .zip, .tar, .compressedTar: true
        default: false
        }
    }

    /// What to tell the owner of a file of this kind that nothing is imported from.
    ///
    /// - Parameter expected: what the importer reads, as in "a zip archive".
    public func refusal(expected: String) -> ExportFileError {
        switch self {
        case .encrypted:
            ExportFileError(
                .encrypted,
                "The file is encrypted by OpenSSL. Decrypt it first (openssl aes-256-cbc -d -md md5 -in export "
                    + "-out export.tar.gz) and send the result.")
        case .empty: ExportFileError(.empty, "The file has no content. Export again and send the new file.")
        default: ExportFileError(.unrecognized, "\(whatItIs), not \(expected). \(whatToDo)")
        }
    }

    private var whatItIs: String {
        switch self {
        case .zip: "The file is a zip archive"
        case .tar, .compressedTar: "The file is a tar archive"
        case .compressed(let inner): "The file is compressed and not an archive; inside: \(inner.whatItIs)"
        case .json: "The file is JSON"
        case .jsonLines: "The file is lines of JSON"
        case .delimitedText: "The file is text"
        case .bson: "The file is BSON"
        case .mongoArchive: "The file is an archive of mongodump"
        case .sqliteDatabase: "The file is a SQLite database"
        case .webPage: "The file is a web page"
        case .pdf: "The file is a PDF document"
        case .oldOffice: "The file is an Office document in the old binary format"
        case .officeDocument: "The file is an Office document"
        case .rar: "The file is a RAR archive"
        case .sevenZip: "The file is a 7z archive"
        case .encrypted, .empty, .unknown: "The content of the file is of no known kind"
        }
    }

    private var whatToDo: String {
        switch self {
        case .webPage:
            "A link that needs a login gives such a page: download the export in a browser and send that file."
        case .pdf: "Send the export itself, not a print of it."
        case .oldOffice, .officeDocument: "Save the table as CSV and send that."
        case .rar, .sevenZip: "Unpack it and pack its content as zip."
        default: "Check that the right file and the right importer were chosen."
        }
    }

    /// How much of a file its kind is told by.
    static let windowBytes = 1 << 16

    /// Finds out what a file is from its content.
    ///
    /// - Parameters:
    ///   - path: where the file lies.
    ///   - checkpoint: called every few thousand entries of a zip archive.
    /// - Throws: `damaged` when the file cannot be opened, read or, if it is compressed, unpacked; what a broken zip
    ///   archive gives; and whatever `checkpoint` throws.
    public static func detect(path: String, checkpoint: () throws -> Void = {}) throws -> ExportFileKind {
        let file = try FileBytes(path: path)
        let kind = try file.bytes(at: 0, count: windowBytes).withUnsafeBytes { ExportFileKind(startingWith: $0) }
        switch kind {
        case .zip:
            let directory = ZipDirectory(file: file, limits: ExportFileLimits())
            return try directory.isOfficeDocument(checkpoint) ? .officeDocument : .zip
        case .compressed:
            let inner = try unpackedStart(path).withUnsafeBytes { ExportFileKind(startingWith: $0) }
            return inner == .tar ? .compressedTar : .compressed(inner)
        default: return kind
        }
    }

    /// The first bytes behind a file's compression.
    static func unpackedStart(_ path: String) throws(ExportFileError) -> [UInt8] {
        let pass = try LibarchivePass(path: path, content: .compressedBytes)
        guard try pass.next() != nil else { return [] }
        var start: [UInt8] = []
        while start.count < windowBytes {
            guard case .data(let block) = pass.nextBlock() else { break }
            start.append(contentsOf: block.prefix(windowBytes - start.count))
        }
        return start
    }

    /// The kind of what begins with the given bytes; whatever is compressed counts as of unknown content.
    init(startingWith bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else {
            self = .empty
            return
        }
        self =
            Self.signatures.first { bytes.starts(with: $0.bytes) }?.kind
            ?? (bytes.isTarHeader ? .tar : bytes.isBSON ? .bson : Self.text(bytes))
    }

    private static let signatures: [(bytes: [UInt8], kind: ExportFileKind)] = [
        ([0x50, 0x4B, 3, 4], .zip), ([0x50, 0x4B, 5, 6], .zip), ([0x50, 0x4B, 7, 8], .zip),
        ([0x1F, 0x8B], .compressed(.unknown)), (Array("BZh".utf8), .compressed(.unknown)),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .compressed(.unknown)), ([0x28, 0xB5, 0x2F, 0xFD], .compressed(.unknown)),
        ([0x6D, 0xE2, 0x99, 0x81], .mongoArchive),
        (Array("SQLite format 3\0".utf8), .sqliteDatabase), (Array("%PDF".utf8), .pdf),
        ([0xD0, 0xCF, 0x11, 0xE0], .oldOffice), (Array("Rar!".utf8), .rar),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), (Array("Salted__".utf8), .encrypted),
    ]

    /// The kind of text, or `unknown` for bytes that are none.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> ExportFileKind {
        let decoding = TextDecoding(expected: .anyText)
        var text: [UInt8] = []
        decoding.receive(bytes) { text.append(contentsOf: $0) }
        if bytes.count < TextDecoding.windowBytes { decoding.finish { text.append(contentsOf: $0) } }
        let controls = text.count { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        // A stray control character is no reason to reject a text; a binary file has many.
        guard controls * 100 <= text.count, decoding.removedNULs * 100 <= bytes.count else { return .unknown }
        let content = text.drop { $0.isSpace }
        switch content.first {
        case nil: return .empty
        case UInt8(ascii: "{"), UInt8(ascii: "["): return content.isJSONLines ? .jsonLines : .json
        case UInt8(ascii: "<"): return content.isWebPage ? .webPage : .delimitedText
        default: return .delimitedText
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes begin with a header of a tar archive.
    ///
    /// Source: POSIX.1-2017, pax, "ustar Interchange Format"; archives older than it have the checksum only.
    fileprivate var isTarHeader: Bool {
        guard count >= 512 else { return false }
        if self[257..<262].elementsEqual("ustar".utf8) { return true }
        var sum = 0
        for index in 0..<512 { sum += (148..<156).contains(index) ? 0x20 : Int(self[index]) }
        var stated = 0
        var digits = 0
        for byte in self[148..<156].drop(while: { $0 == 0x20 }) {
            guard (0x30...0x37).contains(byte) else { break }
            stated = stated * 8 + Int(byte - 0x30)
            digits += 1
        }
        return digits >= 4 && stated == sum
    }

    /// Whether the bytes begin with a BSON document.
    ///
    /// Source: the BSON specification 1.1, bsonspec.org.
    fileprivate var isBSON: Bool {
        guard count >= 8 else { return false }
        let size = loadUnaligned(as: UInt32.self).littleEndian
        let type = self[4]
        guard size >= 8, size <= 1 << 25, (1...0x13).contains(type) || type == 0x7F || type == 0xFF else {
            return false
        }
        // The name of the first member: some characters and NUL.
        guard let end = self[5..<Swift.min(count, 256)].firstIndex(of: 0), end > 5 else { return false }
        return self[5..<end].allSatisfy { $0 >= 0x20 }
    }
}

extension ArraySlice<UInt8> {
    /// Whether the first line is a whole JSON value and another line follows.
    fileprivate var isJSONLines: Bool {
        guard let lineEnd = firstIndex(of: 0x0A), self[lineEnd...].contains(where: { !$0.isSpace }) else {
            return false
        }
        return self[..<lineEnd].withUnsafeBytes { line in
            var reader = JSONReader(line, limits: ExportFileLimits().json)
            do {
                try reader.skipValue()
                try reader.finish()
                return true
            } catch { return false }  // A value of several lines; nothing is lost.
        }
    }

    /// Whether the text is HTML.
    fileprivate var isWebPage: Bool {
        let start = String(decoding: prefix(1024), as: UTF8.self).lowercased()
        return start.hasPrefix("<!doctype html") || start.contains("<html") || start.contains("<head")
    }
}
