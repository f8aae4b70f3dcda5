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
}

extension ExportFileKind {
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
}
