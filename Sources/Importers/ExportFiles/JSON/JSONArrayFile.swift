public import JSON

/// Reads the elements of one JSON array, one at a time, however large the array is. An element that is broken, too large
/// or too deep costs nothing but itself.
///
/// Byte order marks are accepted; what no text can hold is replaced or removed.
public struct JSONArrayFile: Sendable {
    private let limits: ExportFileLimits

    /// A reader with the given limits.
    public init(limits: ExportFileLimits = ExportFileLimits()) {
        self.limits = limits
    }

    /// Reads a source that is an array.
    ///
    /// - Parameters:
    ///   - source: the entry or file.
    ///   - element: handles each element. A `JSONError` that it throws makes the element a broken one, and reading
    ///     continues. What it does not read of the element is not checked.
    ///   - broken: is told of each broken element.
    /// - Returns: how many elements there were, and what is wrong with the text; what came before was handed out.
    /// - Throws: `ExportFileError` for faults that concern the whole file, and whatever else the closures throw.
    public func read(
        _ source: any ByteSource, _ element: (inout JSONReader, _ index: Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void = { _ in }
    ) throws -> JSONArrayOutcome {
        var splitter = JSONElementSplitter(limits: limits.json, splitsRootArray: true, recovers: true)
        var reading = JSONFileReading(limits: limits.json)
        func take(_ event: JSONElementSplitter.Event, _ reading: inout JSONFileReading) throws {
            switch event {
            case .root(let kind): if kind != .array { try reading.stop(.wrongKind(kind)) }
            case .element(let bytes, let offset): try reading.handOut(bytes, offset: offset, element, broken)
            case .broken(let error): try reading.note(error, broken)
            case .member, .value: break
            }
        }
        try reading.run(
            source, feed: { reading, text in try splitter.feed(text) { try take($0, &reading) } },
            finish: { reading in try splitter.finish { try take($0, &reading) } })
        return reading.outcome
    }
}
