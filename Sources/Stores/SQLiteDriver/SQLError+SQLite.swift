import GRDB
import GRDBSQLite
import SQL

extension SQLError {
    /// Translates failures of SQLite and GRDB; other errors stay unchanged.
    static func translate(_ error: any Error) -> any Error {
        switch error {
        case let error as DatabaseError:
            SQLError(extendedCode: error.extendedResultCode.rawValue, message: error.message ?? "\(error.resultCode)")
        default: error
        }
    }

    /// Translates a failure to open the file.
    init(opening path: String, _ error: any Error) {
        self =
            switch Self.translate(error) {
            case SQLError.corrupt:
                .incompatible(
                    message: "\(path) is not a SQLite database, or it is damaged. Check the path, or restore it from a "
                        + "backup.")
            case let error as SQLError: error
            case let error: .unavailable(message: "The database \(path) cannot be opened: \(error)")
            }
    }

    init(extendedCode: Int32, message: String) {
        switch ResultCode(rawValue: extendedCode) {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            let prefix = "UNIQUE constraint failed: "
            self = .uniqueViolation(
                constraint: message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message)
            return
        default: break
        }
        self =
            switch extendedCode & 0xFF {
            case SQLITE_FULL: .full(message: message)
            case SQLITE_BUSY, SQLITE_LOCKED:
                .unavailable(message: "Another program has locked the database. Stop it and try again.")
            case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM:
                .unavailable(
                    message:
                        "The database's file cannot be opened or written (\(message)). Check the owner and the mode "
                        + "of the file and of its directory.")
            case SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH: .invalidValue(message: message)
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(message: message)
            default: .failed(message: message)
            }
    }
}
