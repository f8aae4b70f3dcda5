/// Extracts the elements of a body such as `{"users":[{…},{…}],"x":1}` or, optionally, `[{…},{…}]` while it arrives in
/// chunks.
///
/// At most one element is buffered, so memory does not depend on the size of the body; an element within one chunk is
/// not copied. The splitter validates only the bytes between elements. The consumer validates elements with
/// `JSONReader`.
///
/// A recovering splitter skips oversized items and invalid bytes between items; it passes broken items to the consumer,
/// which detects the error.
///
/// Do not use the splitter after an error.
public struct JSONElementSplitter {
    /// An event of the splitter.
    public enum Event {
        /// The first event. Others follow only if the text is an object, or an array to be split.
        case root(JSONKind)
        /// A field of the root object begins.
        case member(key: String, kind: JSONKind)
        /// The whole value of a field that is not an array, and its offset in the whole text. The bytes are borrowed
        /// for the duration of the call.
        case value(UnsafeRawBufferPointer, offset: Int)
        /// One element of an array in a field or at the root, and its offset in the whole text. The bytes are borrowed
        /// for the duration of the call.
        case element(UnsafeRawBufferPointer, offset: Int)
        /// A skipped value or element, or invalid bytes in its position. Only from a recovering splitter.
        case broken(JSONError)
    }

    private let limits: JSONLimits
    private let splitsRootArray: Bool
    private let recovers: Bool
    /// Whether the item exceeds its limit and is skipped.
    private var isOversized = false
    /// The phase after invalid bytes, and their error.
    private var afterGarbage = Phase.root
    private var garbageError = JSONError(code: .unexpectedByte, offset: 0)
    private var phase = Phase.root
    private var scanner: StructureScanner
    /// How many bytes of the text precede the current chunk.
    private var consumed = 0
    /// The bytes of an item that began in an earlier chunk.
    private var pending: [UInt8] = []
    /// The offset of the item in the whole text.
    private var itemOffset = 0
    /// The key of the next value.
    private var memberKey = ""
    private var keys: Set<ExactKey> = []
    private var keyBytes = 0

    /// The offset of the last value or element in the whole text.
    ///
    /// Not accessible while an event is handled; events have the offset.
    public internal(set) var elementOffset = 0

    /// A splitter at the start of a text.
    ///
    /// - Parameters:
    ///   - limits: limits of nesting and of an element's size.
    ///   - splitsRootArray: whether to split an array at the root; else it is skipped.
    ///   - recovers: whether a broken item costs only itself. Duplicate keys of the root object are then accepted.
    public init(limits: JSONLimits = JSONLimits(), splitsRootArray: Bool = false, recovers: Bool = false) {
        self.limits = limits
        self.splitsRootArray = splitsRootArray
        self.recovers = recovers
        scanner = StructureScanner(maximumDepth: limits.effectiveDepth, recovers: recovers)
    }

    /// Reads the next bytes of the text.
    ///
    /// - Parameters:
    ///   - chunk: the bytes, borrowed.
    ///   - body: handles each event.
    /// - Throws: `JSONError` if bytes between the elements are not JSON, an element is too large or the text nests too
    ///   deep; and errors of `body`.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (Event) throws -> Void) throws {
        var position = 0
        while position < chunk.count {
            if case .item(let item) = phase {
                try continueItem(item, chunk, &position, body)
            } else if chunk[position].isJSONWhitespace {
                position += 1
            } else {
                try takePunctuation(chunk[position], &position, body)
            }
        }
        consumed += chunk.count
    }

    /// Ends the text.
    ///
    /// - Parameter body: handles the remaining events.
    /// - Throws: `unexpectedEnd` if the text is empty or incomplete, and errors of `body`.
    public mutating func finish(_ body: (Event) throws -> Void) throws {
        // A number or literal at the root ends with the text.
        if case .item(let item) = phase, item.role == .root, item.isWord {
            let bytes = pending
            try bytes.withUnsafeBytes { try complete(item, $0, body) }
        }
        if case .item(let item) = phase, isOversized { try body(.broken(tooLarge(item))) }
        guard case .end = phase else { throw JSONError(code: .unexpectedEnd, offset: consumed) }
    }

    // MARK: Items

    /// A key, value or element, which is passed on as a whole.
    private struct Item {
        enum Role {
            case key
            case value
            case element
            /// A root that is not an object; it is validated and not passed on.
            case root
            /// An array at the root, which is skipped.
            case skippedRoot
            /// Invalid bytes between items, which are skipped; `afterGarbage` follows.
            case garbage
        }

        let role: Role
        /// Whether it is a number, `true`, `false` or `null`, which ends before the next delimiter.
        let isWord: Bool
        /// The number of brackets open before it.
        let floor: Int
    }

    /// Continues the item in the chunk, and passes it on if it ends there.
    private mutating func continueItem(
        _ item: Item, _ chunk: UnsafeRawBufferPointer, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let start = position
        let room = isOversized ? .max : maximumBytes(of: item) - pending.count
        // Stop at the limit, so that the error does not depend on chunks.
        let end = start + min(chunk.count - start, room)
        let hasEnded: Bool
        if item.role == .garbage {
            if consumed + position == itemOffset { position += 1 }
            while position < chunk.count, !chunk[position].endsGarbage { position += 1 }
            hasEnded = position < chunk.count
        } else if item.isWord {
            while position < end, chunk[position].isInJSONWord { position += 1 }
            hasEnded = position < chunk.count && !chunk[position].isInJSONWord
        } else {
            hasEnded = try scanner.scan(chunk, &position, to: end, floor: item.floor, consumed: consumed)
        }
        guard hasEnded else {
            if position == chunk.count {
                if keeps(item) { pending.append(contentsOf: chunk[start..<position]) }
            } else {
                guard recovers else { throw tooLarge(item) }
                isOversized = true
                pending = []
            }
            return
        }
        if isOversized {
            isOversized = false
            phase = phase(after: item)
            if item.role == .key { memberKey = "" }
            try body(.broken(tooLarge(item)))
        } else if pending.isEmpty {
            try complete(item, chunk.slice(start, position), body)
        } else {
            pending.append(contentsOf: chunk[start..<position])
            // Moved out while it is borrowed, because the splitter may change; put back to reuse its memory.
            var bytes: [UInt8] = []
            swap(&bytes, &pending)
            try bytes.withUnsafeBytes { try complete(item, $0, body) }
            bytes.removeAll(keepingCapacity: true)
            swap(&bytes, &pending)
        }
    }

    /// Passes on a complete item.
    private mutating func complete(
        _ item: Item, _ bytes: UnsafeRawBufferPointer, _ body: (Event) throws -> Void
    ) throws {
        phase = phase(after: item)
        switch item.role {
        case .key:
            do { try takeKey(bytes) } catch {
                guard recovers else { throw error }
                memberKey = ""
                try body(.broken(error))
            }
        case .value:
            elementOffset = itemOffset
            try body(.value(bytes, offset: itemOffset))
        case .element:
            elementOffset = itemOffset
            try body(.element(bytes, offset: itemOffset))
        case .root:
            var reader = JSONReader(bytes, limits: limits, baseOffset: itemOffset)
            try reader.skipValue()
            try reader.finish()
        case .skippedRoot: break
        case .garbage: try body(.broken(garbageError))
        }
    }

    /// The phase after an item.
    private func phase(after item: Item) -> Phase {
        switch item.role {
        case .key: .colon
        case .value: .afterValue
        case .element: .afterElement
        case .root, .skippedRoot: .end
        case .garbage: afterGarbage
        }
    }

    private func keeps(_ item: Item) -> Bool {
        item.role != .skippedRoot && item.role != .garbage && !isOversized
    }

    private mutating func takeKey(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var reader = JSONReader(bytes, limits: limits, baseOffset: itemOffset)
        memberKey = try reader.readString()
        if recovers { return }
        keyBytes += bytes.count
        // The keys of the root object are stored to detect duplicates, limited to the size of one element.
        guard keyBytes <= max(limits.maximumElementBytes, JSONLimits.maximumSplitKeyBytes) else {
            throw JSONError(code: .elementTooLarge, offset: itemOffset, detail: String(limits.maximumElementBytes))
        }
        guard keys.insert(ExactKey(memberKey)).inserted else {
            throw JSONError(code: .duplicateKey, offset: itemOffset, detail: memberKey)
        }
    }

    /// The size limit of an item; a key includes its quotes.
    private func maximumBytes(of item: Item) -> Int {
        switch item.role {
        case .key: JSONLimits.maximumSplitKeyBytes + 2
        case .value, .element, .root: limits.maximumElementBytes
        case .skippedRoot, .garbage: .max
        }
    }

    private func tooLarge(_ item: Item) -> JSONError {
        let limit = item.role == .key ? JSONLimits.maximumSplitKeyBytes : limits.maximumElementBytes
        return JSONError(code: .elementTooLarge, offset: itemOffset, detail: String(limit))
    }

    // MARK: Phases

    /// The expected next token.
    private enum Phase {
        /// The text's value.
        case root
        /// A key or the end of the root object.
        case firstKey
        /// A key, after a comma.
        case key
        /// The colon after a key.
        case colon
        /// A member's value, after the colon.
        case value
        /// A comma or the end of the root object.
        case afterValue
        /// An element or the end of the array.
        case firstElement
        /// An element, after a comma.
        case element
        /// A comma or the end of the array.
        case afterElement
        /// The rest of an item.
        case item(Item)
        /// Nothing but white space.
        case end
    }

    /// Processes one byte between items, which is not white space.
    private mutating func takePunctuation(
        _ byte: UInt8, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let offset = consumed + position
        switch (phase, byte) {
        case (.root, _): try beginRoot(byte, &position, body)
        case (.firstKey, ASCII.quote), (.key, ASCII.quote): begin(.key, byte, offset)
        case (.colon, ASCII.colon): pass(to: .value, &position)
        case (.value, _): try beginMember(byte, &position, body)
        case (.afterValue, ASCII.comma): pass(to: .key, &position)
        case (.firstKey, ASCII.closeBrace), (.afterValue, ASCII.closeBrace):
            try scanner.close(byte, at: offset)
            pass(to: .end, &position)
        case (.afterElement, ASCII.comma): pass(to: .element, &position)
        case (.firstElement, ASCII.closeBracket), (.afterElement, ASCII.closeBracket):
            try scanner.close(byte, at: offset)
            pass(to: scanner.depth == 0 ? .end : .afterValue, &position)
        case (.firstElement, _), (.element, _):
            guard JSONKind(startingWith: byte) != nil else { return try recover(from: byte, &position, body) }
            begin(.element, byte, offset)
        case (.end, _): throw JSONError.trailing(byte, at: offset)
        default: try recover(from: byte, &position, body)
        }
    }

    /// Recovers at an invalid byte.
    ///
    /// - Throws: `unexpectedByte` if the splitter does not recover, or the text is not JSON.
    private mutating func recover(
        from byte: UInt8, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let offset = consumed + position
        let error = JSONError.unexpected(byte, at: offset)
        guard recovers else { throw error }
        switch (phase, byte) {
        // A trailing comma.
        case (.element, ASCII.closeBracket): phase = .afterElement
        case (.key, ASCII.closeBrace): phase = .afterValue
        case (.firstElement, ASCII.comma), (.element, ASCII.comma):
            pass(to: .element, &position)
            try body(.broken(error))
        case (.firstKey, ASCII.comma), (.key, ASCII.comma): pass(to: .key, &position)
        // A missing comma or colon.
        case (.afterElement, _) where JSONKind(startingWith: byte) != nil: phase = .element
        case (.afterValue, ASCII.quote): phase = .key
        case (.colon, ASCII.comma), (.colon, ASCII.closeBrace), (.value, ASCII.comma), (.value, ASCII.closeBrace):
            phase = .afterValue
            try body(.broken(error))
        case (.colon, _): phase = .value
        case (.firstElement, _), (.element, _), (.afterElement, _): passGarbage(error, to: .afterElement)
        case (.value, _), (.afterValue, _): passGarbage(error, to: .afterValue)
        case (.firstKey, _), (.key, _): passGarbage(error, to: .key)
        default: throw error
        }
    }

    private mutating func passGarbage(_ error: JSONError, to next: Phase) {
        afterGarbage = next
        garbageError = error
        itemOffset = error.offset
        phase = .item(Item(role: .garbage, isWord: true, floor: scanner.depth))
    }

    private mutating func pass(to next: Phase, _ position: inout Int) {
        phase = next
        position += 1
    }

    private mutating func beginRoot(
        _ byte: UInt8, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let offset = consumed + position
        guard let kind = JSONKind(startingWith: byte) else { throw JSONError.unexpected(byte, at: offset) }
        try body(.root(kind))
        if kind == .object {
            try scanner.open(byte, at: offset)
            pass(to: .firstKey, &position)
        } else if kind == .array, splitsRootArray {
            try scanner.open(byte, at: offset)
            pass(to: .firstElement, &position)
        } else {
            begin(kind == .array ? .skippedRoot : .root, byte, offset)
        }
    }

    private mutating func beginMember(
        _ byte: UInt8, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let offset = consumed + position
        guard let kind = JSONKind(startingWith: byte) else { return try recover(from: byte, &position, body) }
        try body(.member(key: memberKey, kind: kind))
        if kind == .array {
            try scanner.open(byte, at: offset)
            pass(to: .firstElement, &position)
        } else {
            begin(.value, byte, offset)
        }
    }

    /// Begins an item at `byte`, without consuming it.
    private mutating func begin(_ role: Item.Role, _ byte: UInt8, _ offset: Int) {
        let isWord = byte != ASCII.quote && byte != ASCII.openBrace && byte != ASCII.openBracket
        itemOffset = offset
        phase = .item(Item(role: role, isWord: isWord, floor: scanner.depth))
    }
}

extension UInt8 {
    /// Whether the byte ends invalid bytes.
    fileprivate var endsGarbage: Bool {
        switch self {
        case ASCII.comma, ASCII.quote, ASCII.openBrace, ASCII.closeBrace, ASCII.openBracket, ASCII.closeBracket: true
        default: false
        }
    }

    /// Whether the byte can be part of a number, `true`, `false` or `null`; the reader validates them.
    @inline(__always)
    fileprivate var isInJSONWord: Bool {
        switch self {
        case ASCII.a...ASCII.z, ASCII.upperA...ASCII.upperZ, ASCII.zero...ASCII.nine: true
        case ASCII.plus, ASCII.minus, ASCII.point: true
        default: false
        }
    }
}
