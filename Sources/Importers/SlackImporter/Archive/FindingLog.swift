internal import ImportDomain

/// Passes findings on, and counts what is left out by rule so that each kind is one finding.
final class FindingLog {
    private struct Ignored: Hashable {
        let code: ImportFinding.Code
        let field: String
        let value: String
    }

    /// Values come from the export, which could have a different one in each element.
    private static let maximumKinds = 500

    private let output: any ImportOutput
    private var ignored: [Ignored: (count: Int, message: String?)] = [:]

    init(_ output: any ImportOutput) {
        self.output = output
    }

    func report(_ finding: ImportFinding) throws { try output.report(finding) }

    /// Counts something that is left out by rule, or is part of something else.
    ///
    /// - Parameters:
    ///   - code: an element or an entry.
    ///   - field: what tells its kind, as Slack calls it.
    ///   - value: its kind.
    ///   - message: what becomes of it, unless it is not imported.
    func ignore(
        _ code: ImportFinding.Code, field: String, value: String, count: Int = 1, message: String? = nil
    ) {
        var kind = Ignored(code: code, field: field, value: value.prefix(maximumBytes: 200))
        if ignored[kind] == nil, ignored.count >= Self.maximumKinds {
            kind = Ignored(code: code, field: field, value: "…")
        }
        ignored[kind, default: (0, message)].count += count
    }

    /// Reports what was counted.
    func finish() throws {
        let sorted = ignored.sorted {
            ($0.key.code.rawValue, $0.key.field, $0.key.value) < ($1.key.code.rawValue, $1.key.field, $1.key.value)
        }
        ignored = [:]
        for (kind, (count, message)) in sorted {
            let subject =
                switch kind.code {
                case .entryIgnored: "Entries"
                case .valueReplaced: "Parts of messages"
                default: "Elements"
                }
            try report(
                ImportFinding(
                    .info, kind.code, field: kind.field, value: kind.value, count: count,
                    message: message ?? "\(subject) with \(kind.field) \"\(kind.value)\" are not imported."))
        }
    }
}
