public import JSON

/// Reads the elements of a JSON file one at a time, however large the file is. An element that is broken, too large or
/// too deep costs nothing but itself.
///
/// Byte order marks are accepted; what no text can hold is replaced or removed. Each call returns how many elements there
/// were and what is wrong with the text, and throws `ExportFileError` for faults that concern the whole file. A
/// `JSONError` that a closure throws makes the element a broken one, and reading continues; other errors end the
/// reading. What a closure does not read of an element is not checked.
public struct JSONFile: Sendable {
    /// A part of an object.
    public enum Part: Equatable, Sendable {
        /// The whole value of a field that is not an array.
        case value(key: String)
        /// An element of a field that is an array, and its index, from 0.
        case element(key: String, index: Int)
    }

    private let limits: JSONLimits

    /// A reader with the given limits.
    public init(limits: ExportFileLimits = ExportFileLimits()) { self.limits = limits.json }

    /// Reads a source that is an array.
    ///
    /// - Parameters:
    ///   - element: handles each element.
    ///   - broken: handles each broken element.
    public func readArray(
        _ source: any ByteSource, _ element: (inout JSONReader, _ index: Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void = { _ in }
    ) throws -> JSONArrayOutcome {
        try split(source, JSONElementSplitter(limits: limits, splitsRootArray: true, recovers: true)) {
            event, reading in
            switch event {
            case .root(let kind): if kind != .array { try reading.stop(.wrongKind(kind)) }
            case .element(let bytes, let offset): try reading.handOut(bytes, offset: offset, element, broken)
            case .broken(let error): try reading.note(error, broken)
            case .member, .value: break
            }
        }
    }

    /// Reads a source that is an object; fields that are arrays element by element.
    ///
    /// - Parameters:
    ///   - part: handles each value and element.
    ///   - broken: handles each broken part, whose `index` counts all parts, from 0.
    public func readObject(
        _ source: any ByteSource, _ part: (inout JSONReader, Part) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void = { _ in }
    ) throws -> JSONArrayOutcome {
        var field = ""
        var index = 0
        return try split(source, JSONElementSplitter(limits: limits, recovers: true)) { event, reading in
            switch event {
            case .root(let kind): if kind != .object { try reading.stop(.wrongKind(kind)) }
            case .member(let key, _): (field, index) = (key, 0)
            case .broken(let error): try reading.note(error, broken)
            case .value(let bytes, let offset):
                try reading.handOut(
                    bytes, offset: offset, { reader, _ in try part(&reader, .value(key: field)) }, broken)
            case .element(let bytes, let offset):
                let element = Part.element(key: field, index: index)
                index += 1
                try reading.handOut(bytes, offset: offset, { reader, _ in try part(&reader, element) }, broken)
            }
        }
    }

    /// Reads a source of one value a line; blank lines are ignored.
    ///
    /// - Parameters:
    ///   - line: handles each line, with its number from 1.
    ///   - broken: handles each broken line, whose `index` counts lines with content, from 0.
    public func readLines(
        _ source: any ByteSource, _ line: (inout JSONReader, _ number: Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void = { _ in }
    ) throws -> JSONArrayOutcome {
        var splitter = JSONLineSplitter(limits: limits)
        var reading = JSONFileReading(limits: limits)
        func take(
            _ bytes: UnsafeRawBufferPointer, _ number: Int, _ offset: Int, _ reading: inout JSONFileReading
        ) throws {
            try reading.handOut(bytes, offset: offset, { reader, _ in try line(&reader, number) }, broken)
        }
        try reading.run(
            source,
            feed: { reading, text in
                try splitter.feed(text, oversized: { try reading.note($0, broken) }) { try take($0, $1, $2, &reading) }
            },
            finish: { reading in
                try splitter.finish(oversized: { try reading.note($0, broken) }) { try take($0, $1, $2, &reading) }
            })
        return reading.outcome
    }

    private func split(
        _ source: any ByteSource, _ splitter: JSONElementSplitter,
        _ take: (JSONElementSplitter.Event, inout JSONFileReading) throws -> Void
    ) throws -> JSONArrayOutcome {
        var splitter = splitter
        var reading = JSONFileReading(limits: limits)
        try reading.run(
            source, feed: { reading, text in try splitter.feed(text) { try take($0, &reading) } },
            finish: { reading in try splitter.finish { try take($0, &reading) } })
        return reading.outcome
    }
}
