extension Double {
    /// The number as JavaScript's `String(number)` prints it: the fewest digits that read back as the same number.
    ///
    /// The number must be finite. Swift prints the same digits with the point elsewhere.
    /// Source: ECMA-262 (2024), section 6.1.6.1.20, Number::toString.
    var javaScriptText: String {
        precondition(isFinite, "JSON has no number that is not finite")
        if magnitude < 0x1p53, self == Double(Int(self)) { return String(Int(self)) }
        guard let decimal = DecimalDigits(description) else { preconditionFailure("a Double prints as a decimal") }
        let digits = String(decoding: decimal.digits, as: UTF8.self)
        let count = decimal.digits.count
        let exponent = decimal.exponent
        let text: String
        switch exponent {
        case count...max(count, 21) where exponent <= 21:
            text = digits + String(repeating: "0", count: exponent - count)
        case 1...21:
            text = digits.prefix(exponent) + "." + digits.dropFirst(exponent)
        case -5...0:
            text = "0." + String(repeating: "0", count: -exponent) + digits
        default:
            let power = exponent - 1
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            text = digits.prefix(1) + fraction + (power < 0 ? "e-" : "e+") + String(power.magnitude)
        }
        return decimal.isNegative ? "-" + text : text
    }
}
