/// ISO 8601 in both directions, in whole numbers: a `Double` of seconds cannot hold every millisecond.
extension Timestamp {
    /// The timestamp as Rocket.Chat writes it: `2026-01-31T12:00:00.000Z`.
    ///
    /// Years outside 0 to 9999 have a sign and at least six digits, as in JavaScript.
    public var iso8601: String {
        let day = Self.quotient(milliseconds, 86_400_000)
        let time = milliseconds - day * 86_400_000
        let (year, month, dayOfMonth) = Self.civilDate(daysSince1970: Int(day))
        var text = ""
        text.reserveCapacity(27)
        if (0...9_999).contains(year) {
            text.append(padded: year, to: 4)
        } else {
            text += year < 0 ? "-" : "+"
            text.append(padded: abs(year), to: 6)
        }
        for (separator, number, digits) in [
            ("-", month, 2), ("-", dayOfMonth, 2), ("T", Int(time / 3_600_000), 2), (":", Int(time / 60_000 % 60), 2),
            (":", Int(time / 1_000 % 60), 2), (".", Int(time % 1_000), 3),
        ] {
            text += separator
            text.append(padded: number, to: digits)
        }
        return text + "Z"
    }

    /// A timestamp from ISO 8601, with days and hours beyond their end carried over; nil for anything else.
    public init?(iso8601 text: String) {
        var text = text
        let time = text.withUTF8 { ISO8601Time(UnsafeRawBufferPointer($0)) }
        guard let time, time.validity != .invalid else { return nil }
        self = time.timestamp
    }

    /// The number of a day of the Gregorian calendar, also before its introduction; 1970-01-01 is 0.
    ///
    /// Source: the days from civil date of the proleptic Gregorian calendar, counted in years that begin in March.
    public static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// How many days a month from 1 to 12 has.
    public static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Source: the civil date of a day of the proleptic Gregorian calendar, counted in years that begin in March.
    private static func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Rounded down, also below zero.
    private static func quotient(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension String {
    fileprivate mutating func append(padded number: Int, to digits: Int) {
        let text = String(number)
        for _ in 0..<max(0, digits - text.utf8.count) { append("0") }
        self += text
    }
}
