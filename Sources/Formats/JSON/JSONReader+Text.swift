extension JSONReader {
    /// Reads a whole text and checks that nothing follows its value.
    ///
    /// - Parameters:
    ///   - text: the JSON text.
    ///   - limits: how deep it may nest.
    ///   - body: reads the value.
    /// - Returns: what `body` returns.
    /// - Throws: `JSONError`, and whatever `body` throws.
    public static func read<R>(
        _ text: String, limits: JSONLimits = JSONLimits(), _ body: (inout JSONReader) throws -> R
    ) throws -> R {
        var text = text
        return try text.withUTF8 { try read(UnsafeRawBufferPointer($0), limits: limits, body) }
    }

    /// Reads a whole text and checks that nothing follows its value.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text in UTF-8.
    ///   - limits: how deep it may nest.
    ///   - body: reads the value.
    /// - Returns: what `body` returns.
    /// - Throws: `JSONError`, and whatever `body` throws.
    public static func read<R>(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits(), _ body: (inout JSONReader) throws -> R
    ) throws -> R {
        try bytes.withUnsafeBytes { try read($0, limits: limits, body) }
    }

    /// Reads a whole text, such as an element that a splitter handed out, and checks that nothing follows its value.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text in UTF-8, borrowed.
    ///   - limits: how deep it may nest.
    ///   - baseOffset: where the bytes begin in a larger text; errors count from that text's start.
    ///   - body: reads the value.
    /// - Returns: what `body` returns.
    /// - Throws: `JSONError`, and whatever `body` throws.
    public static func read<R>(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits(), baseOffset: Int = 0,
        _ body: (inout JSONReader) throws -> R
    ) throws -> R {
        var reader = JSONReader(bytes, limits: limits, baseOffset: baseOffset)
        let result = try body(&reader)
        try reader.finish()
        return result
    }
}
