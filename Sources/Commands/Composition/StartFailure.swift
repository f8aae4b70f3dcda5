import ImportDomain
import NIOCore
import SQL
import SQLStore
import WorkspaceServices

/// Why a server did not start or a workspace was not moved, in words that say what to do.
public enum StartFailure {
    /// One or two sentences for a terminal.
    public static func sentence(for error: any Error) -> String {
        switch error {
        case let error as ConfigurationError: error.description
        case let error as SQLError: sentence(for: error)
        case let error as WorkspaceCopyError: error.description
        case StoreError.incompatible(let message), StoreError.unavailable(let message),
            StoreError.refused(let message), StoreError.outcomeUnknown(let message):
            message
        case StoreError.full: "The disk is full. Free some space and start again."
        case StoreError.corrupt(let message): "The database is damaged (\(message)). Restore it from a backup."
        case WorkspaceError.fieldUnavailable(let key, let value):
            "\(key) is \(value), which belongs to an account that is no administrator. Choose another."
        case let error as IOError where error.errnoCode == 98:
            "The port is already in use. Choose another with --port, or stop the program that has it."
        default: "Ferry could not go on: \(error)"
        }
    }

    private static func sentence(for error: SQLError) -> String {
        switch error {
        case .unavailable(let message), .incompatible(let message), .refused(let message),
            .outcomeUnknown(let message):
            message
        case .full: "The disk is full. Free some space and start again."
        case .corrupt(let message):
            "The database is no SQLite database, or damaged (\(message)). Check the path, or restore it from a backup."
        case .failed(let message), .uniqueViolation(let message): "The database failed: \(message)"
        }
    }
}
