/// One row of delimited text, valid only inside the call that it is handed to.
public struct DelimitedRow: ~Copyable {
    /// Where a field lies.
    struct FieldSpan {
        var start: Int
        var end: Int
        /// Whether the field has doubled quotes, so that it has to be copied to be read.
        var hasDoubledQuotes: Bool
        /// Whether start and end count in the row's unescaped bytes.
        var isUnescaped = false
    }

    let raw: UnsafeRawBufferPointer
    /// What fields with doubled quotes say without the doubling.
    let unescaped: UnsafeRawBufferPointer
    let fields: UnsafeBufferPointer<FieldSpan>
    /// The line where the row begins, from 1.
    public let line: Int
    /// Why the row is not to be trusted; its fields are then what could be made out.
    public let fault: DelimitedRowFault?
    /// Whether a quote stands inside a field that does not begin with one; it is taken literally, but the delimiters
    /// around it may have been meant as text.
    public let hasStrayQuote: Bool

    /// How many fields the row has.
    public var count: Int { fields.count }

    /// Whether all fields are empty or white space.
    public var isBlank: Bool {
        for index in 0..<count where !Self.isBlank(bytes(index)) { return false }
        return true
    }

    /// Whether a field has nothing but white space; spreadsheets fill cells with no-break spaces (C2 A0) as well.
    private static func isBlank(_ field: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < field.count {
            switch field[index] {
            case 0x20, 0x09...0x0D: index += 1
            case 0xC2 where index + 1 < field.count && field[index + 1] == 0xA0: index += 2
            default: return false
            }
        }
        return true
    }

    /// The text of a field, and an empty one for a field that the row does not have.
    public subscript(index: Int) -> String {
        index < count ? String(decoding: bytes(index), as: UTF8.self) : ""
    }

    /// A field's text in UTF-8, valid as long as the row is.
    public func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        let field = fields[index]
        return UnsafeRawBufferPointer(rebasing: (field.isUnescaped ? unescaped : raw)[field.start..<field.end])
    }
}
