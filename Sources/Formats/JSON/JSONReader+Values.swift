extension JSONReader {
    /// Goes behind the next value. Everything in it is checked as if it were read.
    ///
    /// - Throws: every error but `wrongKind`.
    public mutating func skipValue() throws(JSONError) {
        let depth = openContainers.count
        repeat {
            switch try nextByteOfValue().kind {
            case .object: try beginObject()
            case .array: try beginArray()
            case .string:
                _ = try scanString()
                valueIsDue = false
            case .number:
                try scanNumber()
                valueIsDue = false
            case .boolean: _ = try readBoolean()
            case .null: try readNull()
            }
            while !valueIsDue, openContainers.count > depth {
                if openContainers.last == -1 { _ = try nextElement() } else { _ = try nextKeySpan() }
            }
        } while openContainers.count > depth
    }

    /// Goes behind the next value like `skipValue`, and tells where it stands.
    ///
    /// - Returns: the range of the value's bytes in the buffer that the reader was made with.
    /// - Throws: every error but `wrongKind`.
    public mutating func readRaw() throws(JSONError) -> Range<Int> {
        _ = try nextByteOfValue()
        let start = position
        try skipValue()
        return start..<position
    }

    /// A reader of a value whose range `readRaw` returned, for values that can be read only after what follows them.
    public func reader(of range: Range<Int>) -> JSONReader {
        JSONReader(
            UnsafeRawBufferPointer(rebasing: bytes[range]), limits: JSONLimits(maximumDepth: maximumDepth),
            baseOffset: baseOffset + range.lowerBound)
    }

    /// Reads the next value, whatever it is.
    ///
    /// - Throws: every error but `wrongKind`.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try nextByteOfValue().kind {
        case .object:
            var members: [JSONMember] = []
            try beginObject()
            while let key = try nextKey() { members.append(JSONMember(key: key, value: try readValue())) }
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .string: return .string(try readString())
        case .number: return .number(try readNumber())
        case .boolean: return .boolean(try readBoolean())
        case .null:
            try readNull()
            return .null
        }
    }
}
