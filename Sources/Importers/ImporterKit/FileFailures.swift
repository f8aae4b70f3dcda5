internal import ExportFiles
public import ImportDomain

// `ImportDomain` does not know `ExportFiles`, so what joins their errors stands here.
extension ImportFileFailure {
    /// Runs `body`, and throws errors of `ExportFiles` as failures of the file.
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
