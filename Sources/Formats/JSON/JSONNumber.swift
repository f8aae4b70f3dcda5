/// A number as a literal; its value is computed on demand.
///
/// Two numbers are equal if their literals are: `1` and `1.0` are not.
public struct JSONNumber: Equatable, Sendable {
    /// The literal.
    public let literal: String

    /// A number with a validated literal.
    init(checked literal: String) {
        self.literal = literal
    }

    /// A whole number.
    public init(_ integer: Int) {
        literal = String(integer)
    }

    /// A number in JavaScript's shortest form; nil if it is not finite.
    public init?(_ double: Double) {
        guard double.isFinite else { return nil }
        literal = double.javaScriptText
    }

    /// The nearest `Double`; it is always finite.
    public var double: Double {
        // A validated literal always parses.
        Double(literal) ?? 0
    }

    /// The number as an integer, also for `3.0` or `1e2`; nil if it is not whole or not within `Int`.
    public var integer: Int? {
        if let integer = Int(literal) { return integer }
        guard let decimal = DecimalDigits(literal) else { return nil }
        return decimal.integer
    }

    /// JavaScript's `String(number)`, which Rocket.Chat stores if a number is sent in place of a string.
    ///
    /// Source: ECMA-262 (2024), section 6.1.6.1.20, Number::toString.
    public var coercedText: String { double.javaScriptText }

    /// The number as an id: a whole number keeps its digits, where JavaScript would round to a `Double` and merge two
    /// ids; other numbers are as in `coercedText`.
    public var identifyingText: String {
        let digits = literal.utf8.first == UInt8(ascii: "-") ? literal.utf8.dropFirst() : literal.utf8[...]
        let isWhole = digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return isWhole && literal != "-0" ? literal : coercedText
    }
}
