import JSON

/// A copy of a borrowed event.
enum SplitEvent: Equatable {
    case root(JSONKind)
    case member(String, JSONKind)
    case value(String, offset: Int)
    case element(String, offset: Int)
    case broken(JSONError)

    init(_ event: JSONElementSplitter.Event) {
        self =
            switch event {
            case .root(let kind): .root(kind)
            case .member(let key, let kind): .member(key, kind)
            case .value(let bytes, let offset): .value(String(decoding: bytes, as: UTF8.self), offset: offset)
            case .element(let bytes, let offset): .element(String(decoding: bytes, as: UTF8.self), offset: offset)
            case .broken(let error): .broken(error)
            }
    }
}

/// A text split in chunks of one size: the events, and the end.
struct Splitting: Equatable {
    private(set) var events: [SplitEvent] = []
    private(set) var refusal: JSONError?

    init(_ text: [UInt8], chunkSize: Int, limits: JSONLimits = JSONLimits(), recovers: Bool = false) {
        var splitter = JSONElementSplitter(limits: limits, splitsRootArray: recovers, recovers: recovers)
        refusal = jsonError {
            try inChunks(text, of: chunkSize) { chunk in try splitter.feed(chunk) { events.append(SplitEvent($0)) } }
            try splitter.finish { events.append(SplitEvent($0)) }
        }
    }

    init(_ text: String, chunkSize: Int, limits: JSONLimits = JSONLimits(), recovers: Bool = false) {
        self.init(Array(text.utf8), chunkSize: chunkSize, limits: limits, recovers: recovers)
    }
}

/// A copy of a splitter's line.
struct SplitLine: Equatable {
    let text: String
    let number: Int
    let offset: Int
}

/// Lines split in chunks of one size: the lines, and the end.
struct LineSplitting: Equatable {
    private(set) var lines: [SplitLine] = []
    private(set) var refusal: JSONError?

    init(_ text: [UInt8], chunkSize: Int, limits: JSONLimits = JSONLimits()) {
        var splitter = JSONLineSplitter(limits: limits)
        let take = { (line: UnsafeRawBufferPointer, number: Int, offset: Int) in
            SplitLine(text: String(decoding: line, as: UTF8.self), number: number, offset: offset)
        }
        refusal = jsonError {
            try inChunks(text, of: chunkSize) { chunk in try splitter.feed(chunk) { lines.append(take($0, $1, $2)) } }
            try splitter.finish { lines.append(take($0, $1, $2)) }
        }
    }
}

/// The error that `body` throws, which may only be a `JSONError`.
func jsonError(_ body: () throws -> Void) -> JSONError? {
    do {
        try body()
        return nil
    } catch let error as JSONError {
        return error
    } catch {
        fatalError("only JSON errors are expected, not \(error)")
    }
}

/// Calls `body` with chunks of a text, each in a separate allocation, so that reads beyond its end are detected.
func inChunks(_ text: [UInt8], of size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    for start in stride(from: 0, to: text.count, by: size) {
        try Array(text[start..<min(start + size, text.count)]).withUnsafeBytes(body)
    }
}
