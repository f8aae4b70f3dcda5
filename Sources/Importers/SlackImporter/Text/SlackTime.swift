internal import ImportDomain
internal import ImporterKit
internal import JSON

/// A timestamp as Slack writes it: seconds since 1970 as a decimal number, which is also the id of the message.
///
/// It is read digit by digit: a binary fraction would move one message in a few to the millisecond before.
struct SlackTime: Equatable {
    /// The text as Slack writes it.
    let text: String
    /// Whole milliseconds; what is finer is dropped.
    let timestamp: Timestamp

    /// Reads up to 11 digits, and a point and up to 9 digits if any; nil for any other text.
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
            guard byte.isDigit else { return nil }
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
    /// - Returns: the literal itself if it is not a valid time.
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
                guard byte.isDigit else { return literal }
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
    /// The timestamp in the notation of RFC 3339, in UTC, without a fraction of zero.
    var internetText: String { milliseconds % 1_000 == 0 ? String(iso8601.dropLast(5)) + "Z" : iso8601 }
}

extension FieldReader {
    /// The text of a time; a number gets its six decimals back.
    mutating func time() throws(JSONError) -> String? { try time(ofNumber: SlackTime.text(ofNumber:)) }
}
