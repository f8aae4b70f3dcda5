import Testing

/// Every test that starts programs, one after the other: a program inherits what Foundation waits on for another that
/// is started at the same time, and would have to end before it.
@Suite("Given the real program", .serialized)
enum EndToEnd {}
