import Testing

/// All tests that start programs, in sequence: a program inherits the descriptor on which Foundation waits for a
/// program started at the same time, which would delay its end.
@Suite("Given the real program", .serialized)
enum EndToEnd {
    /// The most that a call may take which stops work: two seconds on a machine that does nothing else, more on a slow one.
    static let promptTime: Duration = .seconds(10)
}
