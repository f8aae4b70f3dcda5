/// Finds out what separates the fields of a text.
struct DelimiterSniffer {
    /// How much of the text is looked at, whatever the chunks.
    static let windowBytes = 1 << 16
    private static let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")]

    /// How the text is written.
    struct Dialect: Equatable {
        var delimiter: UInt8
        /// How many fields most rows have; nil when there are no rows.
        var columns: Int?
        /// The first line if it does nothing but name the delimiter.
        var headBytes = 0
        var headLines = 0
    }

    let limits: DelimitedTextLimits
    /// The delimiter if the caller knows it.
    let given: UInt8?

    /// Finds out how a text is written.
    ///
    /// - Parameters:
    ///   - start: the first bytes of the text, in UTF-8.
    ///   - isWhole: whether there are no others.
    func dialect(of start: UnsafeRawBufferPointer, isWhole: Bool) -> Dialect {
        var dialect = Dialect(delimiter: Self.candidates[0])
        let named = readSeparatorLine(start, &dialect)
        let text = UnsafeRawBufferPointer(rebasing: start[dialect.headBytes...])
        if let known = given ?? named {
            dialect.delimiter = known
            dialect.columns = Shape(text, known, limits, isWhole).columns
            return dialect
        }
        let shapes = Self.candidates.map { ($0, Shape(text, $0, limits, isWhole)) }
        dialect.columns = shapes[0].1.columns
        let separating = shapes.filter { ($0.1.columns ?? 0) > 1 }
        guard let best = separating.map(\.1.consistency).max() else { return dialect }
        // Among those that give about as even rows, the one that comes first in the rows: the others stand in text.
        if let (delimiter, shape) = separating.filter({ $0.1.consistency >= best - 0.1 })
            .min(by: { $0.1.firstFieldBytes < $1.1.firstFieldBytes })
        {
            dialect.delimiter = delimiter
            dialect.columns = shape.columns
        }
        return dialect
    }

    /// Reads a first line such as `sep=;`, which Excel understands.
    private func readSeparatorLine(_ start: UnsafeRawBufferPointer, _ dialect: inout Dialect) -> UInt8? {
        let end = ByteSearch.lineBreak(start, from: 0, to: min(start.count, 16))
        var content = start[..<end]
        if content.first == RowScanner.quote, content.last == RowScanner.quote, content.count > 2 {
            content = content.dropFirst().dropLast()
        }
        guard content.count == 5, content.prefix(3).elementsEqual("sep".utf8, by: { $0 | 0x20 == $1 }),
            content.dropFirst(3).first == UInt8(ascii: "="),
            let delimiter = content.last, delimiter != RowScanner.quote, delimiter < 0x80
        else { return nil }
        let isPair = end + 1 < start.count && start[end] == 0x0D && start[end + 1] == 0x0A
        dialect.headBytes = min(start.count, end + (isPair ? 2 : 1))
        dialect.headLines = 1
        return delimiter
    }

    /// What the rows look like if a byte separates their fields.
    private struct Shape {
        /// How many fields most rows have.
        var columns: Int?
        /// The share of rows with as many fields as most have.
        var consistency = 0.0
        /// The bytes of all first fields.
        var firstFieldBytes = 0

        init(_ text: UnsafeRawBufferPointer, _ delimiter: UInt8, _ limits: DelimitedTextLimits, _ isWhole: Bool) {
            var scanner = RowScanner(delimiter: delimiter, limits: limits)
            var counts: [Int: Int] = [:]
            var rows = 0
            var firstFields = 0
            func note(_ row: borrowing DelimitedRow) {
                rows += 1
                firstFields += row.bytes(0).count
                if row.fault == nil { counts[row.count, default: 0] += 1 }
            }
            scanner.receive(text) { note($0) }
            // The last row of a part may be cut; it counts only where there is no other.
            if isWhole || rows == 0 { scanner.finish { note($0) } }
            let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }
            columns = most?.key
            consistency = rows == 0 ? 0 : Double(most?.value ?? 0) / Double(rows)
            firstFieldBytes = firstFields
        }
    }
}
