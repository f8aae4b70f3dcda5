internal import ExportFiles
public import ImportDomain

extension ImportFileFailure {
    /// Does something with a file, and says of a file that cannot be read what importers say of it.
    public static func translating(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ExportFileError {
            throw ImportFileFailure(Code(error.code), message: error.message, entry: error.entry)
        }
    }
}

extension ImportFileFailure.Code {
    fileprivate init(_ code: ExportFileError.Code) {
        self =
            switch code {
            case .unrecognized: .unrecognized
            case .encrypted: .encrypted
            case .damaged, .entryUnreadable: .damaged
            case .empty: .empty
            case .limitExceeded: .limitExceeded
            }
    }
}
