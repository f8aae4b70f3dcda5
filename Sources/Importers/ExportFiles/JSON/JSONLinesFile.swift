public import JSON

/// Reads a text of one JSON value a line. A line that is broken or too long costs nothing but itself.
///
/// Byte order marks are accepted; what no text can hold is replaced or removed.
public struct JSONLinesFile: Sendable {
    private let limits: ExportFileLimits

    /// A reader with the given limits.
    public init(limits: ExportFileLimits = ExportFileLimits()) {
        self.limits = limits
    }

    /// Reads a source of lines; blank ones are passed over.
    ///
    /// - Parameters:
    ///   - source: the entry or file.
    ///   - line: handles each line, with its number from 1. A `JSONError` that it throws makes the line a broken one,
    ///     and reading continues. What it does not read of the line is not checked.
    ///   - broken: is told of each broken line, whose `index` counts lines with content, from 0.
    /// - Returns: how many lines there were, and what is wrong with the text; what came before was handed out.
    /// - Throws: `ExportFileError` for faults that concern the whole file, and whatever else the closures throw.
    public func read(
        _ source: any ByteSource, _ line: (inout JSONReader, _ number: Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void = { _ in }
    ) throws -> JSONArrayOutcome {
        var splitter = JSONLineSplitter(limits: limits.json)
        var reading = JSONFileReading(limits: limits.json)
        try reading.run(
            source,
            feed: { reading, text in
                try splitter.feed(text, oversized: { try reading.note($0, broken) }) { bytes, number, offset in
                    try reading.handOut(bytes, offset: offset, { reader, _ in try line(&reader, number) }, broken)
                }
            },
            finish: { reading in
                try splitter.finish(oversized: { try reading.note($0, broken) }) { bytes, number, offset in
                    try reading.handOut(bytes, offset: offset, { reader, _ in try line(&reader, number) }, broken)
                }
            })
        return reading.outcome
    }
}
