import ImportDomain
import SQL
import SQLStore
import WorkspaceServices

/// Explains why a server did not start or a workspace was not copied.
public enum StartFailure {
    /// One or two sentences for a terminal.
    public static func sentence(for error: any Error) -> String {
        switch error {
        case let error as ConfigurationError: error.description
        case let error as StartError: error.description
        case let error as FileStoreError: error.message
        case let error as SQLError: sentence(for: error)
        case let error as WorkspaceCopyError: error.description
        case StoreError.incompatible(let message), StoreError.unavailable(let message),
            StoreError.refused(let message), StoreError.outcomeUnknown(let message):
            message
        case StoreError.full: "The disk is full. Free some space and start again."
        case StoreError.corrupt(let message): "The database is damaged (\(message)). Restore it from a backup."
        case WorkspaceError.fieldUnavailable(let key, let value):
            "\(key) is \(value), which belongs to an account that is not an administrator. Choose another."
        default: "Ferry stopped because of an unexpected error: \(error)"
        }
    }

    private static func sentence(for error: SQLError) -> String {
        switch error {
        case .unavailable(let message), .incompatible(let message), .refused(let message),
            .outcomeUnknown(let message):
            message
        case .full: "The disk is full. Free some space and start again."
        case .corrupt(let message):
            "The database is damaged (\(message)). Check its address, or restore it from a backup."
        case .failed(let message), .uniqueViolation(let message), .invalidValue(let message):
            "The database failed: \(message)"
        }
    }
}
