public import ImportDomain

/// The line of the log about an import that has ended or is paused: its numbers, and how long it took.
public struct ImportSummary: CustomStringConvertible, Sendable {
    /// The line.
    public let description: String

    /// The summary of an import.
    public init(_ operation: ImportOperation) {
        let verb =
            switch operation.phase {
            case .ended(.done): "finished"
            case .ended(.failed): "failed"
            case .ended(.canceled): "cancelled"
            case .ended(.undone): "undone"
            default: "paused"
            }
        var text = "Import \(verb)"
        if let startedAt = operation.startedAt {
            let tenths = max(0, operation.updatedAt.milliseconds - startedAt.milliseconds) / 100
            text += " after \(Self.grouped(Int(tenths / 10))).\(tenths % 10) s"
        }
        let types = RecordType.allCases.compactMap { type in
            operation.counts[type].map { "\(Self.plural(type)): \(Self.numbers($0))" }
        }
        description = text + (types.isEmpty ? "." : ". " + types.joined(separator: "; ") + ".")
    }

    private static func plural(_ type: RecordType) -> String {
        switch type {
        case .user: "users"
        case .contact: "contacts"
        case .room: "rooms"
        case .message: "messages"
        }
    }

    private static func numbers(_ counts: ImportCounts) -> String {
        let numbers = [
            (counts.created, "created"), (counts.updated, "updated"), (counts.unchanged, "unchanged"),
            (counts.skipped, "skipped"), (counts.error, "failed"), (counts.pending, "pending"),
        ]
        let parts = numbers.filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    /// A number with a comma for every three digits.
    private static func grouped(_ number: Int) -> String {
        var (rest, groups) = (String(number), [String]())
        while rest.count > 3 {
            groups.insert(String(rest.suffix(3)), at: 0)
            rest.removeLast(3)
        }
        return ([rest] + groups).joined(separator: ",")
    }
}
