import JSON

/// The reader's error for a text; nil if it is accepted.
///
/// Each text is read in three ways, because skipping must validate as much as reading.
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

    /// Whether all three agree.
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
