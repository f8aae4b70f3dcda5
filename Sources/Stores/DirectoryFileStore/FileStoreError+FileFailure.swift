internal import DurableFiles
internal import Glibc
internal import ImportDomain

extension FileStoreError {
    static let notTemporary = FileStoreError(
        .notTemporary, message: "Only a file at one of the store's temporary paths can be taken over.")

    /// What a failure of the file system means; paths stay out, ids are in none of the messages.
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
                message: "The file system refused (\(failure.action.rawValue)): \(failure.reason). "
                    + "Look at the rights and the state of the data directory.")
        }
    }
}
