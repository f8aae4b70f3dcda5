/// Why a text is not valid JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The stable name of the reason.
    public enum Code: String, CaseIterable, Sendable {
        /// A byte is not allowed by the grammar, including a byte order mark before the text.
        case unexpectedByte = "json-unexpected-byte"
        /// The text ends before its value does, or is empty.
        case unexpectedEnd = "json-unexpected-end"
        /// A string has an invalid escape.
        case invalidEscape = "json-invalid-escape"
        /// An escape is half a surrogate pair.
        case loneSurrogate = "json-lone-surrogate"
        /// The character NUL, plain or escaped; databases cannot store it.
        case nulCharacter = "json-nul-character"
        /// A string has an unescaped control character.
        case controlCharacter = "json-control-character"
        /// Bytes of a string are not UTF-8.
        case invalidUTF8 = "json-invalid-utf8"
        /// A number violates RFC 8259.
        case invalidNumber = "json-invalid-number"
        /// A number exceeds a `Double`, or its literal exceeds 1024 bytes.
        case numberOutOfRange = "json-number-out-of-range"
        /// One object has the same key twice.
        case duplicateKey = "json-duplicate-key"
        /// The nesting exceeds `JSONLimits.maximumDepth`.
        case tooDeep = "json-too-deep"
        /// An element, value, line or top-level key exceeds its limit.
        case elementTooLarge = "json-element-too-large"
        /// Bytes follow the text's value.
        case trailingContent = "json-trailing-content"
        /// The value has another type than requested.
        case wrongKind = "json-wrong-kind"
    }

    /// The reason.
    public let code: Code
    /// The offset in bytes from the start of the whole text.
    public let offset: Int
    /// The key, number, character or limit, truncated to 64 characters; nil if the reason needs none.
    public let detail: String?

    /// Creates an error.
    public init(code: Code, offset: Int, detail: String? = nil) {
        self.code = code
        self.offset = offset
        self.detail = detail.map { String($0.prefix(64)) }
    }

    /// The error as a sentence.
    public var description: String { "Invalid JSON at byte \(offset): \(explanation)." }

    private var explanation: String {
        let detail = detail ?? ""
        return switch code {
        case .unexpectedByte: "found \(detail) where it is not allowed"
        case .unexpectedEnd: "the text ends too early"
        case .invalidEscape: "a string has an escape that does not exist"
        case .loneSurrogate: "an escape names half a surrogate pair"
        case .nulCharacter: "the NUL character is not allowed"
        case .controlCharacter: "the control character \(detail) has to be escaped"
        case .invalidUTF8: "a string is not valid UTF-8"
        case .invalidNumber: "a number is not valid JSON"
        case .numberOutOfRange: "the number \(detail) is out of range"
        case .duplicateKey: "the key \"\(detail)\" appears twice in one object"
        case .tooDeep: "more than \(detail) objects and arrays are open at once"
        case .elementTooLarge: "an element is larger than \(detail) bytes"
        case .trailingContent: "found \(detail) after the end of the value"
        case .wrongKind: detail
        }
    }
}

extension JSONError {
    /// The error for an invalid byte.
    @inline(never)
    static func unexpected(_ byte: UInt8, at offset: Int) -> JSONError {
        byte == 0
            ? JSONError(code: .nulCharacter, offset: offset)
            : JSONError(code: .unexpectedByte, offset: offset, detail: name(of: byte))
    }

    /// The error for a byte after the text's value.
    @inline(never)
    static func trailing(_ byte: UInt8, at offset: Int) -> JSONError {
        byte == 0
            ? JSONError(code: .nulCharacter, offset: offset)
            : JSONError(code: .trailingContent, offset: offset, detail: name(of: byte))
    }

    /// The error for a byte below 32 in a string.
    @inline(never)
    static func control(_ byte: UInt8, at offset: Int) -> JSONError {
        byte == 0
            ? JSONError(code: .nulCharacter, offset: offset)
            : JSONError(code: .controlCharacter, offset: offset, detail: name(of: byte))
    }

    /// A byte for messages: a visible character in quotes, everything else in hexadecimal.
    private static func name(of byte: UInt8) -> String {
        if byte > ASCII.space && byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
