internal import DurableFiles
internal import Glibc
internal import ImportDomain

extension FileStoreError {
    static let notTemporary = FileStoreError(
        .notTemporary, message: "Only a file at one of the store's temporary paths can be adopted.")

    /// Translates a failure of the file system, without paths and ids.
    init(_ failure: FileFailure) {
        if failure.isFull {
            self.init(.diskFull, message: "The disk is full; make room in the data directory.")
        } else if failure.isMissing, [.open, .read, .remove].contains(failure.action) {
            self.init(.missing, message: "There is no such file.")
        } else if failure.errno == EBADF {
            self.init(.writerClosed, message: "The file was finished or discarded before.")
        } else {
            self.init(
                failure.isRefused ? .refused : .failed,
                message: "The file system reported an error (\(failure.action.rawValue)): \(failure.reason). "
                    + "Check the permissions and the state of the data directory.")
        }
    }
}

extension FileThreads {
    /// Runs blocking work, and throws its failures as those of the store.
    func runForStore<Value: Sendable>(
        _ work: @escaping @Sendable () throws(FileFailure) -> Value
    ) async throws(FileStoreError) -> Value {
        do throws(FileFailure) {
            return try await run(work)
        } catch {
            throw FileStoreError(error)
        }
    }
}
