public import JSON

/// How the reading of JSON elements ended.
public struct JSONArrayOutcome: Equatable, Sendable {
    /// Why reading stopped before the end.
    public enum Fault: Equatable, Sendable {
        /// The text is JSON, but of another kind.
        case wrongKind(JSONKind)
        /// The text ends in the middle.
        case cutOff
        /// Something follows the end of the value, or its begin is not JSON.
        case malformed(JSONError)
        /// The bytes themselves cannot be read.
        case unreadable(ExportFileError)
    }

    /// An element that is not JSON, or not what was expected of it.
    public struct BrokenElement: Equatable, Sendable {
        /// Its place among the elements, from 0.
        public let index: Int
        /// What is wrong.
        public let error: JSONError
    }

    /// How many elements were handed out, broken ones included.
    public internal(set) var elements = 0
    /// How many of them were broken.
    public internal(set) var brokenElements = 0
    /// The first hundred of them.
    public internal(set) var firstBroken: [BrokenElement] = []
    /// Why reading stopped before the end; what came before was handed out.
    public internal(set) var fault: Fault?
    /// Whether bytes, escapes or NUL characters that no text can hold were replaced or removed.
    public internal(set) var repairedText = false
    /// Whether there was nothing but white space.
    public internal(set) var isEmptyFile = false

    /// The outcome before anything was read.
    public init() {}
}

extension JSONArrayOutcome.Fault {
    /// What is wrong, for a person.
    public var message: String {
        switch self {
        case .wrongKind(let kind): "The file holds JSON of another kind than expected: \(kind.rawValue)."
        case .cutOff: "The file ends in the middle. What came before was read; export again for the rest."
        case .malformed(let error): "The file cannot be read from here on. \(error)"
        case .unreadable(let error): error.message
        }
    }
}
