/// Why a server did not start, or stopped.
struct StartError: Error, CustomStringConvertible {
    /// One or two sentences: what is wrong, and what to do.
    let description: String
}
