import ImportDomain

/// Decides which batches must not be tried again as they are, and why.
struct BatchRejections: Sendable {
    /// The number of failures of a batch, by its first number, for a reason that may lie in its records.
    private var failures: [Int64: Int] = [:]
    /// A table of failures must not grow with the import.
    private static let capacity = 10_000
    /// So many attempts show that the reason lies in the records.
    private static let attempts = 3

    /// Why a batch must not be tried again as it is, for a person who reads it; nil for errors that have other reasons or
    /// are temporary.
    mutating func reason(for error: any Error, of claim: BatchClaim) -> String? {
        guard let batch = claim.batches.first, let reason = Self.reason(for: error) else { return nil }
        if case StoreError.invalidValue = error { return reason }
        // Another worker may have written the same value at the same time.
        return isTried(batch) ? reason : nil
    }

    /// Why no further attempt imports the records of a batch as they are, where nothing else writes meanwhile; nil for
    /// errors that have other reasons or are temporary.
    static func reason(for error: any Error) -> String? {
        switch error {
        case is CancellationError, is ImportError, is OutdatedDecisions: nil
        case StoreError.invalidValue(let message):
            "The database does not accept a value of this record: it is too long, or not of a kind that can be stored. "
                + "Correct the record in its source and import it again. The database reports: \(inOneLine(message))"
        case StoreError.uniqueViolation(let constraint):
            "The record cannot be written: the database already has one of its values. Change or remove the value in "
                + "the source and import it again. The database reports: \(inOneLine(constraint))"
        case is StoreError: nil
        default: "The record cannot be written: an unexpected error occurred. The log has it."
        }
    }

    private mutating func isTried(_ batch: Int64) -> Bool {
        if failures.count > Self.capacity { failures = [:] }
        failures[batch, default: 0] += 1
        return failures[batch, default: 0] >= Self.attempts
    }

    /// What the database reports, bounded and ending as a sentence does.
    private static func inOneLine(_ message: String) -> String {
        let text = message.prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.hasSuffix(".") ? text : text + "."
    }
}
