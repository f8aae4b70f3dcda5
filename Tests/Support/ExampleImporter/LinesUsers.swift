internal import ImportDomain
internal import ImporterKit

/// The users: everybody who wrote a message.
enum LinesUsers {
    /// Stages an account for each author.
    static func stage(_ authors: Set<ExactString>, into sink: RecordSink) throws {
        for name in authors.map(\.text).sorted(by: { $0.precedesByBytes($1) }) {
            try sink.stage(.user(UserRecord(importIDs: [name], emails: [], username: name)))
        }
    }
}
