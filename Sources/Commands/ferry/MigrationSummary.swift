import Composition
import Foundation

/// The result of `ferry migrate`, as text and JSON.
struct MigrationSummary: Encodable {
    let tables: [WorkspaceMove.Table]
    let rows: Int
    let seconds: Double

    init(tables: [WorkspaceMove.Table], seconds: Double) {
        self.tables = tables
        self.seconds = (seconds * 1000).rounded() / 1000
        rows = tables.reduce(0) { $0 + $1.rows }
    }

    /// One line per table, with aligned numbers, and the total.
    var text: String {
        let lines = tables.map { ($0.name, String($0.rows)) } + [("all tables", String(rows))]
        let (names, numbers) = (lines.map(\.0.count).max() ?? 0, lines.map(\.1.count).max() ?? 0)
        let table = lines.map { name, number in
            name + String(repeating: " ", count: names - name.count + 2 + numbers - number.count) + number
        }
        return (table + ["Copied and verified in \(String(format: "%.1f", seconds)) s."]).joined(separator: "\n") + "\n"
    }

    /// The same as one JSON object.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings and finite numbers can always be encoded.
        let data = (try? encoder.encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
