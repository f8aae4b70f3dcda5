/// A parsed decimal number: `0.d₁d₂d₃… × 10^exponent`, without zeros at either end of its digits.
struct DecimalDigits {
    /// The digits as characters, the highest first; empty for zero.
    private(set) var digits: [UInt8] = []
    /// The power of ten.
    private(set) var exponent = 0
    /// Whether the number has a minus.
    private(set) var isNegative = false

    /// Parses a number in JSON's notation, or Swift's for a finite `Double`; nil for other characters.
    init?(_ literal: String) {
        var writtenExponent = 0
        var hasPoint = false
        var rest = literal.utf8[...]
        if rest.first == ASCII.minus {
            isNegative = true
            rest.removeFirst()
        }
        while let byte = rest.popFirst() {
            if byte.isDigit {
                if !hasPoint { exponent += 1 }
                digits.append(byte)
            } else if byte == ASCII.point {
                hasPoint = true
            } else if byte | 0x20 == ASCII.e {
                guard let read = Self.exponent(rest) else { return nil }
                writtenExponent = read
                break
            } else {
                return nil
            }
        }
        exponent += writtenExponent
        let leadingZeros = digits.prefix { $0 == ASCII.zero }.count
        digits.removeFirst(leadingZeros)
        exponent -= leadingZeros
        while digits.last == ASCII.zero { digits.removeLast() }
        if digits.isEmpty { exponent = 0 }
    }

    /// The number as an integer; nil if it is not whole or not within `Int`.
    var integer: Int? {
        if digits.isEmpty { return 0 }
        guard exponent >= digits.count, exponent <= 19 else { return nil }
        // Accumulated as a negative number, because `Int` has one more of them.
        var result = 0
        for index in 0..<exponent {
            let digit = index < digits.count ? Int(digits[index] - ASCII.zero) : 0
            let (product, productOverflows) = result.multipliedReportingOverflow(by: 10)
            let (difference, differenceOverflows) = product.subtractingReportingOverflow(digit)
            if productOverflows || differenceOverflows { return nil }
            result = difference
        }
        if isNegative { return result }
        return result == .min ? nil : -result
    }

    /// A written exponent, clamped to `Int`: no literal is long enough to compensate for more.
    private static func exponent(_ text: Substring.UTF8View) -> Int? {
        var result = 0
        for byte in text.drop(while: { $0 == ASCII.plus || $0 == ASCII.minus }) {
            guard byte.isDigit else { return nil }
            result = min(result * 10 + Int(byte - ASCII.zero), 1_000_000)
        }
        return text.first == ASCII.minus ? -result : result
    }
}
