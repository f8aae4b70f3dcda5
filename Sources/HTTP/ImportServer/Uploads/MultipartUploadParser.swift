import ImportAPI

/// Reads an upload as a form with the part `file` and the strings `importerKey`, `fileName` and `contentType`.
///
/// The file's part may have its name and media type. Source: docs/api.md, "`uploadImportFile`".
struct MultipartUploadParser: UploadParser {
    private enum Part: String {
        case importerKey, fileName, contentType, file
    }

    private(set) var fields = UploadFields()
    private var parser: MultipartParser
    private var part = Part.file
    private var seen: Set<Part> = []
    private var text: [UInt8] = []
    private var fileHeader: MultipartHeader?

    /// - Throws: the error of a media type without a boundary.
    init(contentType: String) throws(APIFailure) { parser = try MultipartParser(contentType: contentType) }

    mutating func receive(_ chunk: UnsafeRawBufferPointer, into file: inout [UInt8]) throws(APIFailure) {
        var parser = parser
        try parser.receive(chunk) { event throws(APIFailure) in
            switch event {
            case .part(let header): try begin(header)
            case .bytes(let bytes) where part == .file: file.append(contentsOf: bytes)
            case .bytes(let bytes):
                guard text.count + bytes.count <= UploadFields.largestBytes else { throw .tooLarge }
                text.append(contentsOf: bytes)
            case .endOfPart: try endPart()
            }
        }
        self.parser = parser
    }

    mutating func finish(into file: inout [UInt8]) throws(APIFailure) {
        guard parser.isComplete else { throw MultipartParser.malformed("it ends before its last boundary") }
        for part in [Part.importerKey, .file] where !seen.contains(part) { throw Self.missing(part) }
        fields.fileName = fields.fileName ?? fileHeader?.fileName
        fields.contentType = fields.contentType ?? fileHeader?.contentType
        guard fields.fileName != nil else { throw Self.missing(.fileName) }
    }

    private mutating func begin(_ header: MultipartHeader) throws(APIFailure) {
        guard let part = header.name.flatMap(Part.init) else {
            throw .invalidBody(["must NOT have additional properties"])
        }
        guard seen.insert(part).inserted else {
            throw MultipartParser.malformed("the part \"\(part.rawValue)\" appears twice")
        }
        self.part = part
        text = []
        if part == .file { fileHeader = header }
    }

    private mutating func endPart() throws(APIFailure) {
        guard part != .file else { return }
        guard let text = String(validating: text, as: UTF8.self), !text.utf8.contains(0) else {
            throw MultipartParser.malformed("the part \"\(part.rawValue)\" is not UTF-8")
        }
        switch part {
        case .importerKey: fields.importerKey = text
        case .fileName: fields.fileName = text
        case .contentType: fields.contentType = text
        case .file: break
        }
    }

    private static func missing(_ part: Part) -> APIFailure {
        .invalidBody(["must have required property '\(part.rawValue)'"])
    }
}
