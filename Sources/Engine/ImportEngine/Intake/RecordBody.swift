import JSON

/// The forms in which many records can be sent.
public enum RecordBodyFormat: Sendable {
    /// `{"users": [ … ]}`, or another property for other records.
    case json
    /// One record a line.
    case lines
}

/// A body that is split into records while it arrives; one of them is in memory at a time.
protocol RecordBody {
    /// Reads the next bytes and passes the records that end in them to `record`.
    ///
    /// - Throws: `InvalidBody` for broken JSON, and whatever `record` throws.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, record: (inout JSONReader) throws -> Void) throws

    /// Passes the rest to `record`.
    ///
    /// - Throws: `InvalidBody` for broken JSON or a body of another shape, and whatever `record` throws.
    mutating func finish(record: (inout JSONReader) throws -> Void) throws
}

/// `{"users": [ … ]}`, or another property for other records.
struct JSONRecordBody: RecordBody {
    private var splitter: JSONElementSplitter
    private var shape = Shape()
    private let limits: JSONLimits
    private let property: String

    /// What surrounds the records; checked at the end, in the order of Rocket.Chat's validator.
    private struct Shape {
        var root: JSONKind?
        var recordsKind: JSONKind?
        var isInRecords = false
        var additionalProperty: String?
    }

    init(property: String, limits: JSONLimits) {
        self.property = property
        self.limits = limits
        splitter = JSONElementSplitter(limits: limits)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, record: (inout JSONReader) throws -> Void) throws {
        let property = property
        try InvalidBody.translating(property) {
            try splitter.feed(bytes) { try Self.take($0, of: property, shape: &shape, limits: limits, record: record) }
        }
    }

    mutating func finish(record: (inout JSONReader) throws -> Void) throws {
        let property = property
        try InvalidBody.translating(property) {
            try splitter.finish { try Self.take($0, of: property, shape: &shape, limits: limits, record: record) }
        }
        guard shape.root == .object else { throw InvalidBody(.wrongKind(expected: .object)) }
        guard let recordsKind = shape.recordsKind else {
            throw InvalidBody(.missingProperty(property), field: property)
        }
        if let property = shape.additionalProperty { throw InvalidBody(.additionalProperty(property), field: property) }
        guard recordsKind == .array else { throw InvalidBody(.wrongKind(expected: .array), field: property) }
    }

    private static func take(
        _ event: JSONElementSplitter.Event, of property: String, shape: inout Shape, limits: JSONLimits,
        record: (inout JSONReader) throws -> Void
    ) throws {
        switch event {
        case .root(let kind): shape.root = kind
        case .member(let key, let kind):
            shape.isInRecords = key == property
            if shape.isInRecords {
                shape.recordsKind = kind
            } else {
                shape.additionalProperty = shape.additionalProperty ?? key
            }
        case .value(let bytes, let offset), .element(let bytes, let offset):
            var reader = JSONReader(bytes, limits: limits, baseOffset: offset)
            if case .element = event, shape.isInRecords { try record(&reader) } else { try reader.skipValue() }
            try reader.finish()
        // Only splitters that recover report it.
        case .broken(let error): throw error
        }
    }
}

/// One record a line (`application/x-ndjson`).
struct LineRecordBody: RecordBody {
    private var splitter: JSONLineSplitter
    private let limits: JSONLimits
    private var lineCount = 0

    init(limits: JSONLimits) {
        self.limits = limits
        splitter = JSONLineSplitter(limits: limits)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, record: (inout JSONReader) throws -> Void) throws {
        let limits = limits
        try InvalidBody.translating {
            try splitter.feed(bytes) { line, _, offset in
                try Self.read(line, at: offset, number: lineCount, limits: limits, record: record)
                lineCount += 1
            }
        }
    }

    mutating func finish(record: (inout JSONReader) throws -> Void) throws {
        let limits = limits
        try InvalidBody.translating {
            try splitter.finish { line, _, offset in
                try Self.read(line, at: offset, number: lineCount, limits: limits, record: record)
                lineCount += 1
            }
        }
    }

    private static func read(
        _ line: UnsafeRawBufferPointer, at offset: Int, number: Int, limits: JSONLimits,
        record: (inout JSONReader) throws -> Void
    ) throws {
        do {
            var reader = JSONReader(line, limits: limits, baseOffset: offset)
            try record(&reader)
            try reader.finish()
        } catch let error as JSONError {
            throw InvalidBody(.malformed(error), index: number)
        }
    }
}

extension InvalidBody {
    /// - Parameter property: the property that holds the records.
    static func translating(_ property: String? = nil, _ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as JSONError {
            throw InvalidBody(.malformed(error), field: property)
        }
    }
}
