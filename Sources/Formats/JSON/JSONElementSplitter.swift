/// Cuts the elements out of a body such as `{"users":[{…},{…}],"x":1}` or, if told so, `[{…},{…}]` while it arrives in
/// chunks.
///
/// At most one element is buffered, so memory stays flat however large the body is; an element that lies within a
/// chunk is handed out without being copied. The splitter checks what stands between the elements itself. An element's
/// own bytes are only followed to their end: the consumer reads them with `JSONReader`, which checks all of them.
///
/// A splitter that recovers passes over items that are too large, and over what is no JSON between items, and goes on
/// behind them; broken items are handed out, and the consumer finds what is wrong with them.
///
/// After an error the splitter must not be used again.
public struct JSONElementSplitter {
    /// What the splitter has come to.
    public enum Event {
        /// The text has begun; the first event. No other follows unless the text is an object, or an array that is
        /// to be split.
        case root(JSONKind)
        /// A member of the root object begins.
        case member(key: String, kind: JSONKind)
        /// The whole value of a member that is not an array, and where it begins in the whole text. The bytes are
        /// borrowed for the duration of the call.
        case value(UnsafeRawBufferPointer, offset: Int)
        /// One element of a member, or of the root, that is an array, and where it begins in the whole text. The bytes are borrowed for
        /// the duration of the call.
        case element(UnsafeRawBufferPointer, offset: Int)
        /// A value or element, or something in its place, that was passed over. Only a splitter that recovers has it.
        case broken(JSONError)
    }

    let limits: JSONLimits
    let splitsRootArray: Bool
    let recovers: Bool
    /// Whether the item is beyond its limit, so that it is followed to its end and not kept.
    var isOversized = false
    /// What the grammar asks for behind what is no JSON, and what is wrong with that.
    private var afterGarbage = Phase.root
    private var garbageError = JSONError(code: .unexpectedByte, offset: 0)
    var phase = Phase.root
    var scanner: StructureScanner
    /// How many bytes of the text came before the current chunk.
    var consumed = 0
    /// The item that began in an earlier chunk.
    var pending: [UInt8] = []
    /// Where the item begins in the whole text.
    private var itemOffset = 0
    /// The key of the member whose value comes next.
    private var memberKey = ""
    var keys: Set<ExactKey> = []
    private var keyBytes = 0

    /// Where the value or element handed out last begins in the whole text.
    ///
    /// It cannot be asked for while an event is being handled, because the splitter is busy then; events carry the
    /// offset with them.
    public internal(set) var elementOffset = 0

    /// A splitter at the start of a text.
    ///
    /// - Parameters:
    ///   - limits: how deep the text may nest, and how large its elements may be.
    ///   - splitsRootArray: whether the elements of an array at the root are handed out; else it is passed over.
    ///   - recovers: whether a broken item costs that item alone. Equal keys of the root object are then accepted.
    public init(limits: JSONLimits = JSONLimits(), splitsRootArray: Bool = false, recovers: Bool = false) {
        self.limits = limits
        self.splitsRootArray = splitsRootArray
        self.recovers = recovers
        scanner = StructureScanner(maximumDepth: limits.effectiveDepth, recovers: recovers)
    }

    /// Takes the next bytes of the text.
    ///
    /// - Parameters:
    ///   - chunk: the bytes, borrowed.
    ///   - body: handles each event.
    /// - Throws: `JSONError` when what stands between the elements is not JSON, an element is too large or the text
    ///   nests too deep; and whatever `body` throws.
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

    /// Says that the text has arrived as a whole.
    ///
    /// - Parameter body: handles each event that is left.
    /// - Throws: `unexpectedEnd` when the text is empty or not complete, and whatever `body` throws.
    public mutating func finish(_ body: (Event) throws -> Void) throws {
        // Only a number or word at the root ends with the text; nothing that follows would tell its end.
        if case .item(let item) = phase, item.role == .root, item.isWord {
            let bytes = pending
            try bytes.withUnsafeBytes { try complete(item, $0, body) }
        }
        if case .item(let item) = phase, isOversized { try body(.broken(tooLarge(item))) }
        guard case .end = phase else { throw JSONError(code: .unexpectedEnd, offset: consumed) }
    }

    // MARK: Items

    /// A key, value or element: what is followed to its end and then handed on as a whole.
    struct Item {
        enum Role {
            case key
            case value
            case element
            /// A root that is not an object; it is checked and not handed out.
            case root
            /// An array at the root; it is followed to its end and not kept.
            case skippedRoot
            /// What is no JSON and stands between items; it is not kept, and `afterGarbage` comes next.
            case garbage
        }

        let role: Role
        /// Whether it is a number, `true`, `false` or `null`, whose end only the byte after it tells.
        let isWord: Bool
        /// How many brackets were open before it.
        let floor: Int
    }

    /// Follows the item through the chunk, and hands it on when it ends there.
    private mutating func continueItem(
        _ item: Item, _ chunk: UnsafeRawBufferPointer, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let start = position
        let room = isOversized ? .max : maximumBytes(of: item) - pending.count
        // No further than the limit, so that the same text gives the same error whatever its chunks.
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
            // Taken out while it is lent, because the splitter may be changed meanwhile; put back for its memory.
            var bytes: [UInt8] = []
            swap(&bytes, &pending)
            try bytes.withUnsafeBytes { try complete(item, $0, body) }
            bytes.removeAll(keepingCapacity: true)
            swap(&bytes, &pending)
        }
    }

    /// Hands on an item that has arrived as a whole.
    mutating func complete(
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

    /// What comes behind an item.
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
        // The keys of the root object are kept to find duplicates; together they may take as much as one element.
        guard keyBytes <= max(limits.maximumElementBytes, JSONLimits.maximumSplitKeyBytes) else {
            throw JSONError(code: .elementTooLarge, offset: itemOffset, detail: String(limits.maximumElementBytes))
        }
        guard keys.insert(ExactKey(memberKey)).inserted else {
            throw JSONError(code: .duplicateKey, offset: itemOffset, detail: memberKey)
        }
    }

    /// The limit with which `item` is measured, for a key with its quotes.
    private func maximumBytes(of item: Item) -> Int {
        switch item.role {
        case .key: JSONLimits.maximumSplitKeyBytes + 2
        case .value, .element, .root: limits.maximumElementBytes
        case .skippedRoot, .garbage: .max
        }
    }

    func tooLarge(_ item: Item) -> JSONError {
        let limit = item.role == .key ? JSONLimits.maximumSplitKeyBytes : limits.maximumElementBytes
        return JSONError(code: .elementTooLarge, offset: itemOffset, detail: String(limit))
    }

    // MARK: Phases

    /// What the grammar asks for next.
    enum Phase {
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
        /// The rest of something that is handed on as a whole.
        case item(Item)
        /// Nothing but white space.
        case end
    }

    /// Takes one byte between items, which is not white space.
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

    /// Goes on at a byte that the grammar does not allow.
    ///
    /// - Throws: `unexpectedByte` if the splitter does not recover, or the text is no JSON at all.
    private mutating func recover(
        from byte: UInt8, _ position: inout Int, _ body: (Event) throws -> Void
    ) throws {
        let offset = consumed + position
        let error = JSONError.unexpected(byte, at: offset)
        guard recovers else { throw error }
        switch (phase, byte) {
        // A comma before the end is one too many, and nothing is missing.
        case (.element, ASCII.closeBracket): phase = .afterElement
        case (.key, ASCII.closeBrace): phase = .afterValue
        case (.firstElement, ASCII.comma), (.element, ASCII.comma):
            pass(to: .element, &position)
            try body(.broken(error))
        case (.firstKey, ASCII.comma), (.key, ASCII.comma): pass(to: .key, &position)
        // A comma or colon is missing, and nothing else.
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

    /// Begins an item with `byte`, which stays where it is.
    private mutating func begin(_ role: Item.Role, _ byte: UInt8, _ offset: Int) {
        let isWord = byte != ASCII.quote && byte != ASCII.openBrace && byte != ASCII.openBracket
        itemOffset = offset
        phase = .item(Item(role: role, isWord: isWord, floor: scanner.depth))
    }
}

extension UInt8 {
    /// Whether an item, or the end of one, may follow what is no JSON.
    fileprivate var endsGarbage: Bool {
        switch self {
        case ASCII.comma, ASCII.quote, ASCII.openBrace, ASCII.closeBrace, ASCII.openBracket, ASCII.closeBracket: true
        default: false
        }
    }

    /// Whether the byte can be part of a number, `true`, `false` or `null`; which of them are, the reader knows.
    @inline(__always)
    fileprivate var isInJSONWord: Bool {
        switch self {
        case ASCII.a...ASCII.z, ASCII.upperA...ASCII.upperZ, ASCII.zero...ASCII.nine: true
        case ASCII.plus, ASCII.minus, ASCII.point: true
        default: false
        }
    }
}
