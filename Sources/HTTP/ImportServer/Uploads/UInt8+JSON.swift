extension UInt8 {
    /// Whether JSON allows the byte between its tokens.
    var isWhitespace: Bool { self == 0x20 || (0x09...0x0A).contains(self) || self == 0x0D }

    /// Whether a number or literal ends before the byte.
    var endsScalar: Bool { isWhitespace || self == UInt8(ascii: ",") || self == UInt8(ascii: "}") }

    /// Whether a JSON value other than an object begins with the byte.
    var beginsOtherThanObject: Bool { "[\"-0123456789tfn".utf8.contains(self) }

    /// The byte for messages: a visible character in quotes, everything else in hexadecimal.
    var name: String {
        if self > 0x20 && self < 0x7F { return "\"\(Character(Unicode.Scalar(self)))\"" }
        let digits = String(self, radix: 16, uppercase: true)
        return "0x" + (self < 16 ? "0" : "") + digits
    }

    /// The byte of hexadecimal digits; nil for other text and for larger numbers.
    init?(hexadecimal digits: some Sequence<UInt8>) {
        var number = 0
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            number = number << 4 | value
        }
        guard let byte = UInt8(exactly: number) else { return nil }
        self = byte
    }
}
