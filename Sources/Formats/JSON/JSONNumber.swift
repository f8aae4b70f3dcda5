/// A number as it was written; what it is worth is worked out when asked for.
///
/// Two numbers are equal when they are written alike: `1` and `1.0` are not.
public struct JSONNumber: Equatable, Sendable {
    /// The number as the text has it.
    public let literal: String

    /// A number whose literal a reader has checked.
    init(checked literal: String) {
        self.literal = literal
    }

    /// A whole number.
    public init(_ integer: Int) {
        literal = String(integer)
    }

    /// A number in its shortest form, written as JavaScript does; nil for one that is not finite.
    public init?(_ double: Double) {
        guard double.isFinite else { return nil }
        literal = double.javaScriptText
    }

    /// The nearest `Double`; it is always finite.
    public var double: Double {
        // A checked literal always parses.
        Double(literal) ?? 0
    }

    /// The number as an integer, also when written like `3.0` or `1e2`; nil when it is not whole or not within `Int`.
    public var integer: Int? {
        if let integer = Int(literal) { return integer }
        guard let decimal = DecimalDigits(literal) else { return nil }
        return decimal.integer
    }

    /// What JavaScript's `String(number)` prints, which is what Rocket.Chat stores when a number is sent for a text.
    ///
    /// Source: ECMA-262 (2024), section 6.1.6.1.20, Number::toString.
    public var coercedText: String { double.javaScriptText }

    /// The number as a text that identifies something: a whole number keeps the digits as they were written, where
    /// JavaScript would print the nearest `Double` and make one id of two; other numbers are as in `coercedText`.
    public var identifyingText: String {
        let digits = literal.utf8.first == UInt8(ascii: "-") ? literal.utf8.dropFirst() : literal.utf8[...]
        let isWhole = digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return isWhole && literal != "-0" ? literal : coercedText
    }
}
