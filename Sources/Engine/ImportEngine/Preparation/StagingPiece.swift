import ImportDomain

/// What a thread that reads a file hands over to the task that stages it, a few pieces at a time.
enum StagingPiece: Sendable {
    /// Records with rows of their own.
    case drafts([RecordDraft], RecordType)
    /// Messages, one JSON text a line each pack.
    case messages([MessageLines])
    /// What was noticed.
    case findings([ImportFinding])
    /// The part of the file that is being read, and how far reading has come.
    case progress(entry: String?, FileProgress?)
}
