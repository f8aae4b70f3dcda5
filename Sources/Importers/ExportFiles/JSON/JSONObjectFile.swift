public import JSON

/// Reads the members of one JSON object; the elements of members that are arrays one at a time, however large the
/// arrays are. A value or element that is broken, too large or too deep costs nothing but itself.
///
/// Byte order marks are accepted; what no text can hold is replaced or removed.
public struct JSONObjectFile: Sendable {
    /// What is handed out.
    public enum Part: Equatable, Sendable {
        /// The whole value of a member that is not an array.
        case value(key: String)
        /// One element of a member that is an array, and its place in it, from 0.
        case element(key: String, index: Int)
    }

    private let limits: ExportFileLimits

    /// A reader with the given limits.
    public init(limits: ExportFileLimits = ExportFileLimits()) {
        self.limits = limits
    }

    /// Reads a source that is an object.
    ///
    /// - Parameters:
    ///   - source: the entry or file.
    ///   - part: handles each value and element. A `JSONError` that it throws makes the part a broken one, and reading
    ///     continues. What it does not read of the part is not checked.
    ///   - broken: is told of each broken part, whose `index` counts all parts, from 0.
    /// - Returns: how many parts there were, and what is wrong with the text; what came before was handed out.
    /// - Throws: `ExportFileError` for faults that concern the whole file, and whatever else the closures throw.
    public func read(
        _ source: any ByteSource, _ part: (inout JSONReader, Part) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void = { _ in }
    ) throws -> JSONArrayOutcome {
        var splitter = JSONElementSplitter(limits: limits.json, recovers: true)
        var reading = JSONFileReading(limits: limits.json)
        var member = ""
        var index = 0
        func take(_ event: JSONElementSplitter.Event, _ reading: inout JSONFileReading) throws {
            switch event {
            case .root(let kind): if kind != .object { try reading.stop(.wrongKind(kind)) }
            case .member(let key, _):
                member = key
                index = 0
            case .broken(let error): try reading.note(error, broken)
            case .value(let bytes, let offset):
                try reading.handOut(
                    bytes, offset: offset, { reader, _ in try part(&reader, .value(key: member)) }, broken)
            case .element(let bytes, let offset):
                let place = Part.element(key: member, index: index)
                index += 1
                try reading.handOut(bytes, offset: offset, { reader, _ in try part(&reader, place) }, broken)
            }
        }
        try reading.run(
            source, feed: { reading, text in try splitter.feed(text) { try take($0, &reading) } },
            finish: { reading in try splitter.finish { try take($0, &reading) } })
        return reading.outcome
    }
}
