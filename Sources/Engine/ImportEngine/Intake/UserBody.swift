import JSON

/// The forms in which many users can be sent.
public enum UserBodyFormat: Sendable {
    /// `{"users": [ … ]}`.
    case json
    /// One user a line.
    case lines
}

/// A body that is cut into users while it arrives, one of them in memory at a time.
protocol UserBody {
    /// Takes the next bytes and hands out the users that end in them.
    ///
    /// - Throws: `InvalidBody` for broken JSON, and whatever `user` throws.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, user: (inout JSONReader) throws -> Void) throws

    /// Hands out what is left.
    ///
    /// - Throws: `InvalidBody` for broken JSON or a body that is shaped otherwise, and whatever `user` throws.
    mutating func finish(user: (inout JSONReader) throws -> Void) throws
}

/// `{"users": [ … ]}`.
struct JSONUserBody: UserBody {
    private var splitter: JSONElementSplitter
    private var shape = Shape()
    private let limits: JSONLimits

    /// What was seen around the users; judged at the end, in the order of Rocket.Chat's validator.
    private struct Shape {
        var root: JSONKind?
        var usersKind: JSONKind?
        var isInUsers = false
        var additionalProperty: String?
    }

    init(limits: JSONLimits) {
        self.limits = limits
        splitter = JSONElementSplitter(limits: limits)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, user: (inout JSONReader) throws -> Void) throws {
        try InvalidBody.translating {
            try splitter.feed(bytes) { try Self.take($0, shape: &shape, limits: limits, user: user) }
        }
    }

    mutating func finish(user: (inout JSONReader) throws -> Void) throws {
        try InvalidBody.translating {
            try splitter.finish { try Self.take($0, shape: &shape, limits: limits, user: user) }
        }
        guard shape.root == .object else { throw InvalidBody(.wrongKind(expected: .object)) }
        guard let usersKind = shape.usersKind else { throw InvalidBody(.missingProperty("users"), field: "users") }
        if let property = shape.additionalProperty { throw InvalidBody(.additionalProperty(property), field: property) }
        guard usersKind == .array else { throw InvalidBody(.wrongKind(expected: .array), field: "users") }
    }

    private static func take(
        _ event: JSONElementSplitter.Event, shape: inout Shape, limits: JSONLimits,
        user: (inout JSONReader) throws -> Void
    ) throws {
        switch event {
        case .root(let kind): shape.root = kind
        case .member(let key, let kind):
            shape.isInUsers = key == "users"
            if shape.isInUsers {
                shape.usersKind = kind
            } else {
                shape.additionalProperty = shape.additionalProperty ?? key
            }
        case .value(let bytes, let offset), .element(let bytes, let offset):
            var reader = JSONReader(bytes, limits: limits, baseOffset: offset)
            if case .element = event, shape.isInUsers { try user(&reader) } else { try reader.skipValue() }
            try reader.finish()
        }
    }
}

/// One user a line (`application/x-ndjson`).
struct LinesUserBody: UserBody {
    private var splitter: JSONLineSplitter
    private let limits: JSONLimits
    private var lineCount = 0

    init(limits: JSONLimits) {
        self.limits = limits
        splitter = JSONLineSplitter(limits: limits)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, user: (inout JSONReader) throws -> Void) throws {
        let limits = limits
        try InvalidBody.translating {
            try splitter.feed(bytes) { line, _, offset in
                try Self.read(line, at: offset, number: lineCount, limits: limits, user: user)
                lineCount += 1
            }
        }
    }

    mutating func finish(user: (inout JSONReader) throws -> Void) throws {
        let limits = limits
        try InvalidBody.translating {
            try splitter.finish { line, _, offset in
                try Self.read(line, at: offset, number: lineCount, limits: limits, user: user)
                lineCount += 1
            }
        }
    }

    private static func read(
        _ line: UnsafeRawBufferPointer, at offset: Int, number: Int, limits: JSONLimits,
        user: (inout JSONReader) throws -> Void
    ) throws {
        do {
            var reader = JSONReader(line, limits: limits, baseOffset: offset)
            try user(&reader)
            try reader.finish()
        } catch let error as JSONError {
            throw InvalidBody(.malformed(error), index: number)
        }
    }
}

extension InvalidBody {
    fileprivate static func translating(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as JSONError {
            throw InvalidBody(.malformed(error))
        }
    }
}
