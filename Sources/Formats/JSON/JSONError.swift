/// Why a text is not the JSON that its reader accepts.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reason in a word that stays the same from version to version.
    public enum Code: String, CaseIterable, Sendable {
        /// A byte stands where the grammar does not allow it; a byte order mark before the text is one, too.
        case unexpectedByte = "json-unexpected-byte"
        /// The text ends before its value does, or is empty.
        case unexpectedEnd = "json-unexpected-end"
        /// A backslash in a string is followed by something that no escape begins with.
        case invalidEscape = "json-invalid-escape"
        /// An escape names one half of a surrogate pair without the other.
        case loneSurrogate = "json-lone-surrogate"
        /// The character NUL, plain or escaped; databases cannot hold it.
        case nulCharacter = "json-nul-character"
        /// A control character stands unescaped in a string.
        case controlCharacter = "json-control-character"
        /// Bytes of a string are not UTF-8.
        case invalidUTF8 = "json-invalid-utf8"
        /// A number is not written as RFC 8259 has it.
        case invalidNumber = "json-invalid-number"
        /// A number is beyond what a `Double` holds, or its literal is longer than 1024 bytes.
        case numberOutOfRange = "json-number-out-of-range"
        /// One object has the same key twice.
        case duplicateKey = "json-duplicate-key"
        /// More objects and arrays are open at once than `JSONLimits.maximumDepth` allows.
        case tooDeep = "json-too-deep"
        /// An element, value, line or top-level key has more bytes than a splitter buffers.
        case elementTooLarge = "json-element-too-large"
        /// Something follows the text's one value.
        case trailingContent = "json-trailing-content"
        /// The value is of another kind than the one asked for.
        case wrongKind = "json-wrong-kind"
    }

    /// The reason.
    public let code: Code
    /// Where, in bytes from the start of the whole text.
    public let offset: Int
    /// What the reason is about: the key, number, character or limit, shortened to 64 characters; nil when the reason
    /// and the place say all.
    public let detail: String?

    /// Creates an error.
    public init(code: Code, offset: Int, detail: String? = nil) {
        self.code = code
        self.offset = offset
        self.detail = detail.map { String($0.prefix(64)) }
    }

    /// The error as a sentence for a person.
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
        case .invalidNumber: "a number is not written as JSON has it"
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
    /// The error for a byte where the grammar does not allow it.
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

    /// A byte as people write it: a visible character in quotes, everything else in hexadecimal.
    private static func name(of byte: UInt8) -> String {
        if byte > ASCII.space && byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
