import ExportFiles
import Testing

@Suite("Given a file of unknown kind")
struct ExportFileKindTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    static let contents: [(start: [UInt8], kind: ExportFileKind)] = [
        ([], .empty),
        (Array("  \r\n".utf8), .empty),
        (Array("%PDF-1.7\n".utf8), .pdf),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1], .oldOffice),
        (Array("Rar!\u{1A}\u{7}".utf8), .rar),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], .sevenZip),
        (Array("Salted__abcdefgh".utf8), .encrypted),
        ([0x6D, 0xE2, 0x99, 0x81, 1, 2], .mongoArchive),
        (Array("<!DOCTYPE html><title>Sign in</title>".utf8), .webPage),
        (Array("\n<html lang=en>".utf8), .webPage),
        (Array("<?xml version=\"1.0\"?>\n<html xmlns=\"x\">".utf8), .webPage),
        (Array("<rss>".utf8), .delimitedText),
        (Array("{\"a\":1}".utf8), .json),
        ([0xEF, 0xBB, 0xBF] + Array(" [1,\n2]".utf8), .json),
        (Array("{\n\"a\":1}\n".utf8), .json),
        (Array("{\"type\":\"version\"}\n{\"type\":\"user\"}\n".utf8), .jsonLines),
        (Array("[\"a\",1]\r\n[\"b\",2]\r\n".utf8), .jsonLines),
        (Array("mara,mara@example.org,Mara\n".utf8), .delimitedText),
        ([0xFF, 0xFE, 0x61, 0, 0x2C, 0, 0x62, 0], .delimitedText),
        ([0x5B, 0, 0x31, 0, 0x5D, 0], .json),
        (Array("Käse;Brot\n".utf8).filter { $0 != 0xC3 }, .delimitedText),
        ([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3E], .unknown),
        ([0x16, 0, 0, 0, 2] + Array("_id\0".utf8) + [2, 0, 0, 0, 0x61, 0, 0, 0, 0, 0], .bson),
    ]

    @Test(arguments: contents)
    func `when it is looked at, then its content decides its format`(start: [UInt8], kind: ExportFileKind) throws {
        let path = try folder.file(start)

        #expect(try ExportFileKind.detect(path: path) == kind)
    }

    @Test(arguments: Packing.allCases)
    func `when it is an archive, then its packing is detected`(packing: Packing) throws {
        let path = try folder.archive([ArchiveFile("users.json"), ArchiveFile("channels.json")], packing)

        let kind = try ExportFileKind.detect(path: path)

        switch packing {
        case .storedZip, .deflatedZip: #expect(kind == .zip)
        case .tar: #expect(kind == .tar)
        default: #expect(kind == .compressedTar)
        }
    }

    @Test(arguments: [("{\"a\":1}", ExportFileKind.json), ("a,b\n", .delimitedText)])
    func `when it is compressed, then its content is reported, too`(text: String, kind: ExportFileKind) throws {
        let path = try folder.gzip(Array(text.utf8))

        #expect(try ExportFileKind.detect(path: path) == .compressed(kind))
        #expect(try ExportStream(path: path).contentKind == kind)
    }

    @Test(arguments: [["[Content_Types].xml", "xl/workbook.xml"], ["mimetype", "content.xml"]])
    func `when it is a zip archive of an Office program, then it is not an export`(names: [String]) throws {
        let path = try folder.archive(names.map { ArchiveFile($0) })

        let error = exportFileError { _ = try ExportArchive(path: path) }

        #expect(try ExportFileKind.detect(path: path) == .officeDocument)
        #expect(error?.code == .unrecognized)
        #expect(error?.message.contains("CSV") == true)
    }

    @Test(arguments: contents.filter { !$0.start.isEmpty })
    func `when it is not an archive, then opening it as one reports its format`(
        start: [UInt8], kind: ExportFileKind
    ) throws {
        let path = try folder.file(start)

        let error = exportFileError { _ = try ExportArchive(path: path) }

        let code: ExportFileError.Code = kind == .empty ? .empty : kind == .encrypted ? .encrypted : .unrecognized
        #expect(error?.code == code)
    }

    @Test func `when it is not there or a folder, then it cannot be opened`() throws {
        let missing = exportFileError { _ = try ExportFileKind.detect(path: folder.path + "/none") }
        let directory = exportFileError { _ = try ExportStream(path: folder.path) }

        #expect(missing?.code == .damaged)
        #expect(directory?.code == .damaged)
    }
}
