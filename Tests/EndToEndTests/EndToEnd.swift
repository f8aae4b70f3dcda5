import Testing

/// All tests that start programs, in sequence: a program inherits the descriptor on which Foundation waits for a
/// program started at the same time, which would delay its end.
@Suite("Given the real program", .serialized)
enum EndToEnd {}
