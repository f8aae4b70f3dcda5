import JSON

/// What the reader says to a text: nothing when it takes it, or why not.
///
/// Each text is read in the three ways there are, because skipping has to check as much as reading does.
struct Refusals: Equatable {
    let reading: JSONError?
    let skipping: JSONError?
    let finding: JSONError?

    init(of bytes: [UInt8], limits: JSONLimits = JSONLimits()) {
        reading = Self.refusal { () throws(JSONError) in _ = try JSONValue(parsing: bytes, limits: limits) }
        skipping = Self.refusal(of: bytes, limits) { reader throws(JSONError) in try reader.skipValue() }
        finding = Self.refusal(of: bytes, limits) { reader throws(JSONError) in _ = try reader.readRaw() }
    }

    init(of text: String, limits: JSONLimits = JSONLimits()) {
        self.init(of: Array(text.utf8), limits: limits)
    }

    /// Whether all ways say the same.
    var agree: Bool { reading == skipping && reading == finding }

    private static func refusal(
        of bytes: [UInt8], _ limits: JSONLimits, _ read: (inout JSONReader) throws(JSONError) -> Void
    ) -> JSONError? {
        bytes.withUnsafeBytes { bytes in
            refusal { () throws(JSONError) in
                var reader = JSONReader(bytes, limits: limits)
                try read(&reader)
                try reader.finish()
            }
        }
    }

    private static func refusal(_ body: () throws(JSONError) -> Void) -> JSONError? {
        do throws(JSONError) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
