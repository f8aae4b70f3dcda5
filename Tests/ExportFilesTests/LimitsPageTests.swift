import DelimitedText
import ExportFiles
import Foundation
import JSON
import Testing

@Suite("Given the page about export files")
struct LimitsPageTests {
    private static let limits = ExportFileLimits()
    private static let text = DelimitedTextLimits()

    @Test(arguments: [
        ("maximumEntries", Int64(limits.maximumEntries)), ("maximumEntryBytes", limits.maximumEntryBytes),
        ("maximumTotalBytes", limits.maximumTotalBytes), ("maximumRatio", limits.maximumRatio),
        ("ratioFloorBytes", limits.ratioFloorBytes), ("maximumNameBytes", Int64(limits.maximumNameBytes)),
        ("maximumOutlineNames", Int64(limits.maximumOutlineNames)),
        ("maximumUnreadableEntries", Int64(limits.maximumUnreadableEntries)),
        ("json.maximumDepth", Int64(limits.json.maximumDepth)),
        ("json.maximumElementBytes", Int64(limits.json.maximumElementBytes)),
        ("maximumFieldBytes", Int64(text.maximumFieldBytes)), ("maximumRowBytes", Int64(text.maximumRowBytes)),
        ("maximumLookaheadBytes", Int64(text.maximumLookaheadBytes)),
        ("maximumColumns", Int64(text.maximumColumns)),
    ])
    func `when a limit has a value, then the page has it, too`(name: String, value: Int64) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/export-files.md"), encoding: .utf8)

        let row = page.split(separator: "\n").first { $0.hasSuffix("| `\(name)` |") }

        #expect(row?.contains("| \(value) ") == true)
    }
}
