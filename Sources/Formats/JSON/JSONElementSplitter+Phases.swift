extension JSONElementSplitter {
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
    mutating func takePunctuation(
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
