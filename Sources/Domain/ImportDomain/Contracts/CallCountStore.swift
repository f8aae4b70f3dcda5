/// Counts calls in windows of time, shared by all processes.
public protocol CallCountStore {
    /// Counts one more call.
    ///
    /// - Parameters:
    ///   - key: what is counted, such as an endpoint and an address.
    ///   - length: the length of a window that begins with this call.
    /// - Returns: the calls in the window with this one, and when it ends.
    func count(_ key: String, length: Duration, at moment: Timestamp) throws -> (calls: Int, endsAt: Timestamp)

    /// Forgets windows that are over.
    func deleteEnded(at moment: Timestamp) throws
}
