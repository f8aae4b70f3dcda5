import ImportDomain

/// A moment as Slack writes it: seconds since 1970 as a decimal number, which also names the message.
///
/// It is read digit by digit: a binary fraction would move one message in a few to the millisecond before.
struct SlackTime: Equatable {
    /// The text as Slack writes it.
    let text: String
    /// Whole milliseconds; what is finer is dropped.
    let timestamp: Timestamp

    /// The moment that `text` names; nil for anything but up to 11 digits, and a point and up to 9 digits if any.
    init?(_ text: String) {
        var seconds: Int64 = 0
        var milliseconds: Int64 = 0
        var wholeDigits = 0
        var fractionDigits = -1
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), fractionDigits < 0, wholeDigits > 0 {
                fractionDigits = 0
                continue
            }
            guard byte.isDecimalDigit else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            if fractionDigits < 0 {
                wholeDigits += 1
                guard wholeDigits <= 11 else { return nil }
                seconds = seconds * 10 + digit
            } else {
                fractionDigits += 1
                guard fractionDigits <= 9 else { return nil }
                if fractionDigits <= 3 { milliseconds = milliseconds * 10 + digit }
            }
        }
        guard wholeDigits > 0, fractionDigits != 0 else { return nil }
        if fractionDigits > 0 { for _ in fractionDigits..<max(3, fractionDigits) { milliseconds *= 10 } }
        self.text = text
        timestamp = Timestamp(milliseconds: seconds * 1000 + milliseconds)
    }

    /// The text of a time that an export gives as a JSON number, which has lost the zeros at its end.
    ///
    /// Slack's times have six decimals, and the text is the id of a message: `1454300000.1` is `1454300000.100000`.
    /// More than six decimals are noise of a binary fraction and are rounded.
    ///
    /// - Returns: the literal itself when it is no time.
    static func text(ofNumber literal: String) -> String {
        let parts = literal.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let exponent = parts.count > 1 ? Int(parts[1]) : 0, abs(exponent) <= 1000 else { return literal }
        var digits: [Int64] = []
        var wholeDigits = 0
        var hasPoint = false
        for byte in parts[0].utf8 {
            if byte == UInt8(ascii: ".") {
                hasPoint = true
            } else {
                guard byte.isDecimalDigit else { return literal }
                digits.append(Int64(byte - UInt8(ascii: "0")))
                if !hasPoint { wholeDigits += 1 }
            }
        }
        wholeDigits += exponent
        guard 1...11 ~= wholeDigits else { return literal }
        var microseconds: Int64 = 0
        for place in 0..<wholeDigits + 6 {
            microseconds = microseconds * 10 + (place < digits.count ? digits[place] : 0)
        }
        if wholeDigits + 6 < digits.count, digits[wholeDigits + 6] >= 5 { microseconds += 1 }
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    }

    /// When a room was created; nil for the stand-in values that some tools write.
    static func creation(_ text: String?) -> Timestamp? {
        guard let text else { return nil }
        // Slack went public in August 2013; slackdump writes 1 where it knows nothing.
        let earliest: Int64 = 1_356_998_400_000
        if let time = SlackTime(text) { return time.timestamp.milliseconds < earliest ? nil : time.timestamp }
        guard let milliseconds = Int64(text), (earliest..<100_000_000_000_000).contains(milliseconds) else {
            return nil
        }
        return Timestamp(milliseconds: milliseconds)
    }
}

extension Timestamp {
    /// The moment in the notation of RFC 3339, in UTC.
    var internetText: String {
        let (days, time) = milliseconds.quotientAndRemainderFlooring(dividingBy: 86_400_000)
        let (year, month, day) = Self.date(ofDay: days)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let clock = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2)):\(padded(time / 1000 % 60, 2))"
        let fraction = time % 1000 == 0 ? "" : ".\(padded(time % 1000, 3))"
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)\(fraction)Z"
    }

    /// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin on 1 March.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainderFlooring(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFlooring(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
