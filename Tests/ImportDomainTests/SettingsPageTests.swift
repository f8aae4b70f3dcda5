import Foundation
import ImportDomain
import Testing

@Suite("Given the page about configuration")
struct SettingsPageTests {
    /// The cells of the row of each setting, by id.
    private static func rows() throws -> [String: [String]] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = text.split(separator: "## Workspace settings").last ?? ""
        var rows: [String: [String]] = [:]
        for line in section.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            rows[cells[0].trimmingCharacters(in: ["`"])] = cells
        }
        return rows
    }

    @Test func `when settings are listed, then they are those that Ferry reads, with their defaults`() throws {
        let rows = try Self.rows()

        #expect(Set(rows.keys) == Set(Settings.defaultValues.keys))
        for (id, value) in Settings.defaultValues {
            let text =
                switch value {
                case .text(let text): text
                case .flag(let flag): String(flag)
                case .number(let number): String(number)
                }
            #expect(rows[id]?[2] == (text.isEmpty ? "empty" : "`\(text)`"), "\(id)")
        }
    }

    @Test func `when a setting is a number, then its range stands with it, and no 0 has a meaning of its own`() throws {
        let rows = try Self.rows()

        for setting in Settings.numbers {
            let range = "\(setting.range.lowerBound)–\(setting.range.upperBound)"
            #expect(rows[setting.id]?[1].hasSuffix(", \(range)") == true, "\(setting.id)")
            #expect(setting.range.contains(setting.defaultValue))
            #expect(rows[setting.id]?[3].contains(" 0 ") == false)
        }
    }
}
