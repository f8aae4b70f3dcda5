extension ExportFileKind {
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
        let pass = try ArchivePass(path: path, content: .compressedBytes)
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
        // A stray control character is no reason to refuse a text; a binary file has many.
        guard controls * 100 <= text.count, decoding.removedNULs * 100 <= bytes.count else { return .unknown }
        let content = text.drop { $0.isWhiteSpace }
        switch content.first {
        case nil: return .empty
        case UInt8(ascii: "{"), UInt8(ascii: "["): return content.isJSONLines ? .jsonLines : .json
        case UInt8(ascii: "<"): return content.isWebPage ? .webPage : .delimitedText
        default: return .delimitedText
        }
    }
}
