import ImportDomain

/// The last line of an import in the log: its numbers, and how long it took.
struct ImportSummary: CustomStringConvertible {
    let description: String

    init(_ operation: ImportOperation) {
        let counts = operation.totalCounts
        let parts = [
            "\(Self.grouped(counts.completed - counts.unchanged - counts.updated)) created",
            counts.updated == 0 ? nil : "\(Self.grouped(counts.updated)) updated",
            counts.unchanged == 0 ? nil : "\(Self.grouped(counts.unchanged)) unchanged",
            counts.skipped == 0 ? nil : "\(Self.grouped(counts.skipped)) skipped",
            "\(Self.grouped(counts.error)) failed",
        ]
        var text = "Import finished: " + parts.compactMap { $0 }.joined(separator: ", ")
        if let startedAt = operation.startedAt {
            let tenths = max(0, operation.updatedAt.milliseconds - startedAt.milliseconds) / 100
            text += " in \(Self.grouped(Int(tenths / 10))).\(tenths % 10) s"
        }
        description = text + "."
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
