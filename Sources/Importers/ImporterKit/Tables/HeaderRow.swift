package import DelimitedText
package import ExportFiles

/// The names in the first row of a table, compared without letter case, spaces, `_` and `-`.
package struct HeaderRow {
    /// The cells as they are, without white space at their ends.
    package let titles: [String]
    /// The titles as they are compared.
    package let names: [String]

    /// Reads a row, whatever it holds.
    package init(_ row: borrowing DelimitedRow) {
        var titles: [String] = []
        for index in 0..<row.count { titles.append(SourceName.text(row.bytes(index))) }
        self.titles = titles
        names = titles.map(Self.name)
    }

    /// A title as it is compared.
    package static func name(_ title: String) -> String {
        ExportFormat.comparable(title: title)
    }

    /// What the titles say that the table is; nil if they name no known columns.
    package var format: ExportFormat? { ExportFormat(columns: names) }

    /// Whether a column has usernames.
    package var hasUsername: Bool { names.contains("username") }

    /// How many columns there are.
    package var count: Int { names.count }

    /// Where the first column stands that has one of the names.
    package func index(of wanted: String...) -> Int? { index(of: wanted) }

    /// The same for a list of names.
    package func index(of wanted: [String]) -> Int? { names.firstIndex { wanted.contains($0) } }

    /// Columns whose names begin with a text, and what follows it in their titles as they are.
    package func columns(beginningWith prefix: String) -> [(index: Int, rest: String)] {
        names.indices.filter { names[$0].hasPrefix(prefix) }.compactMap { index in
            guard let dot = titles[index].firstIndex(of: ".") else { return nil }
            let rest = titles[index][titles[index].index(after: dot)...]
            return rest.isEmpty ? nil : (index, String(rest))
        }
    }

    /// The titles of all columns but the given ones.
    package func titles(besides used: Set<Int>) -> [String] {
        titles.indices.filter { !used.contains($0) && !titles[$0].isEmpty }.map { titles[$0] }
    }
}
