extension JSONElementSplitter {
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
    mutating func continueItem(
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
