/// Why a server did not start, or does not go on.
struct StartError: Error, CustomStringConvertible {
    /// One or two sentences for people: what is wrong, and what to do.
    let description: String
}
