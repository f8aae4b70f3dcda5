import Logging
import SQL

extension SQLDatabase {
    /// Closes the database of a server that ends.
    ///
    /// Everything that was acknowledged is committed, so a failure, such as a full disk, is logged and is none of the
    /// server.
    func closeForGood(_ logger: Logger) async {
        do {
            try await close()
        } catch {
            logger.error(
                "The database's log could not be moved into its file; the next start does it. Nothing is lost.",
                metadata: ["reason": "\(StartFailure.sentence(for: error))"])
        }
    }
}
