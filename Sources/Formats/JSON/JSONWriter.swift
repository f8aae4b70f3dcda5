/// Writes one JSON text, value by value, without white space.
///
/// Calls in an order that does not produce JSON, such as a value without its key, are programming errors and trap.
public struct JSONWriter {
    private enum Scope {
        case object
        case member
        case array
    }

    /// The text so far, in UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var scopes: [Scope] = []
    /// Whether the innermost object or array has had nothing yet.
    private var isAtFirst = true

    /// A writer of an empty text.
    public init() {}

    /// The text so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Starts over with an empty text.
    ///
    /// - Parameter keepingCapacity: whether to keep the memory for the next text.
    public mutating func removeAll(keepingCapacity: Bool = false) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        scopes.removeAll(keepingCapacity: keepingCapacity)
        isAtFirst = true
    }

    /// Opens an object.
    public mutating func beginObject() {
        beginValue()
        open(.object, ASCII.openBrace)
    }

    /// Closes the innermost object.
    public mutating func endObject() {
        precondition(scopes.last == .object, "endObject() needs an open object and no key without a value")
        close(ASCII.closeBrace)
    }

    /// Writes a field's key; its value follows.
    public mutating func key(_ key: String) {
        precondition(scopes.last == .object, "a key needs an open object and a value for the key before it")
        separate()
        bytes.appendJSONString(key)
        bytes.append(ASCII.colon)
        scopes[scopes.count - 1] = .member
    }

    /// Opens an array.
    public mutating func beginArray() {
        beginValue()
        open(.array, ASCII.openBracket)
    }

    /// Closes the innermost array.
    public mutating func endArray() {
        precondition(scopes.last == .array, "endArray() needs an open array")
        close(ASCII.closeBracket)
    }

    /// Writes a string with the fewest escapes.
    public mutating func string(_ value: String) {
        beginValue()
        bytes.appendJSONString(value)
    }

    /// Writes a whole number.
    public mutating func integer(_ value: Int) {
        beginValue()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a number in JavaScript's shortest form; whole numbers without ".0".
    ///
    /// - Parameter value: a finite number.
    public mutating func double(_ value: Double) {
        beginValue()
        bytes.append(contentsOf: value.javaScriptText.utf8)
    }

    /// Writes `true` or `false`.
    public mutating func boolean(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value that is already JSON.
    ///
    /// - Parameter validJSONText: one JSON value; not validated.
    public mutating func raw(_ validJSONText: String) {
        precondition(!validJSONText.isEmpty, "an empty text is not a value")
        beginValue()
        bytes.append(contentsOf: validJSONText.utf8)
    }

    /// Writes a value.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .string(let text): string(text)
        case .number(let number): raw(number.literal)
        case .boolean(let value): boolean(value)
        case .null: null()
        }
    }

    // MARK: Fields

    /// Writes a field with a string, unless it is nil.
    public mutating func text(_ text: String?, for key: String) {
        guard let text else { return }
        self.key(key)
        string(text)
    }

    /// Writes a field with an array of strings.
    public mutating func texts(_ texts: [String], for key: String) {
        self.key(key)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    /// Writes a field with an array of strings, unless it is empty.
    public mutating func textsIfNotEmpty(_ texts: [String], for key: String) {
        if !texts.isEmpty { self.texts(texts, for: key) }
    }

    /// Writes a field with `true`, unless the flag is false.
    public mutating func flag(_ flag: Bool, for key: String) {
        guard flag else { return }
        self.key(key)
        boolean(true)
    }

    /// Writes a field whose value is already JSON, unless it is nil.
    public mutating func json(_ validJSONText: String?, for key: String) {
        guard let validJSONText else { return }
        self.key(key)
        raw(validJSONText)
    }

    @inline(__always)
    private mutating func beginValue() {
        switch scopes.last {
        case .array: separate()
        case .member: scopes[scopes.count - 1] = .object
        case .object: preconditionFailure("a value in an object needs a key")
        case nil: precondition(bytes.isEmpty, "a JSON text has one value")
        }
    }

    @inline(__always)
    private mutating func separate() {
        if isAtFirst { isAtFirst = false } else { bytes.append(ASCII.comma) }
    }

    private mutating func open(_ scope: Scope, _ bracket: UInt8) {
        scopes.append(scope)
        bytes.append(bracket)
        isAtFirst = true
    }

    private mutating func close(_ bracket: UInt8) {
        scopes.removeLast()
        bytes.append(bracket)
        isAtFirst = false
    }
}

extension [UInt8] {
    /// Appends a string in quotes, with the fewest escapes.
    fileprivate mutating func appendJSONString(_ string: String) {
        var string = string
        string.withUTF8 { content in
            let content = UnsafeRawBufferPointer(content)
            append(ASCII.quote)
            var start = 0
            while start < content.count {
                let end = Self.endOfPlainRun(content, from: start)
                append(contentsOf: content[start..<end])
                if end < content.count { appendEscape(of: content[end]) }
                start = end + 1
            }
            append(ASCII.quote)
        }
    }

    /// The first byte from `index` on that needs an escape, or the end.
    private static func endOfPlainRun(_ content: UnsafeRawBufferPointer, from index: Int) -> Int {
        var index = index
        while content.count - index >= 8 {
            let word = ByteWord.load(content, at: index)
            let stops = ByteWord.quotesAndBackslashes(in: word) | ByteWord.controlCharacters(in: word)
            if stops != 0 { return index + stops.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < content.count, !needsEscape(content[index]) { index += 1 }
        return index
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte == ASCII.quote || byte == ASCII.backslash || byte < ASCII.space
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: append(byte)
        case 0x08: append(ASCII.b)
        case ASCII.tab: append(ASCII.t)
        case ASCII.lineFeed: append(ASCII.n)
        case 0x0C: append(ASCII.f)
        case ASCII.carriageReturn: append(ASCII.r)
        default:
            let hexadecimal = Array("0123456789abcdef".utf8)
            append(contentsOf: [ASCII.u, ASCII.zero, ASCII.zero])
            append(hexadecimal[Int(byte >> 4)])
            append(hexadecimal[Int(byte & 15)])
        }
    }
}
