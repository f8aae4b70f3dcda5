extension TimeCell {
    /// A date of ISO 8601 in its extended form, with `T` or a space before the time of day.
    ///
    /// The time of day may lack its seconds or be missing altogether; a space may stand before the zone.
    init(date bytes: UnsafeRawBufferPointer) throws(TimeRefusal) {
        var reader = DateReader(bytes: bytes)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2)
        else { throw .unreadable }
        guard (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else { throw .outOfRange }

        var total = Self.dayNumber(year: year, month: month, day: day) * 86_400_000
        if reader.isAtEnd {
            self.init(milliseconds: total, lacksZone: true)
            return
        }
        guard reader.take("T") || reader.take("t") || reader.take(" ") else { throw .unreadable }
        total += try Self.timeOfDay(&reader)
        let offset = try Self.zone(&reader)
        guard reader.isAtEnd else { throw .unreadable }
        self.init(milliseconds: total - (offset ?? 0) * 60_000, lacksZone: offset == nil)
    }

    /// Milliseconds since midnight; a leap second counts as the first one of the next minute.
    private static func timeOfDay(_ reader: inout DateReader) throws(TimeRefusal) -> Int64 {
        guard let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2) else {
            throw .unreadable
        }
        var second: Int64 = 0
        var fraction = SecondFraction()
        if reader.take(":") {
            guard let seconds = reader.number(digits: 2) else { throw .unreadable }
            second = seconds
            if reader.take(".") || reader.take(",") {
                guard fraction.read(reader.bytes, from: &reader.place) else { throw .unreadable }
            }
        }
        guard hour < 24, minute < 60, second <= 60 else { throw .outOfRange }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction.milliseconds
    }

    /// Minutes east of Greenwich, or nil when the text does not tell.
    private static func zone(_ reader: inout DateReader) throws(TimeRefusal) -> Int64? {
        if reader.isAtEnd { return nil }
        _ = reader.take(" ")
        if reader.take("Z") || reader.take("z") || reader.take("UTC") || reader.take("GMT") { return 0 }
        let isWest = reader.take("-")
        guard isWest || reader.take("+"), let hours = reader.number(digits: 2) else { throw .unreadable }
        var minutes: Int64 = 0
        if !reader.isAtEnd {
            _ = reader.take(":")
            guard let given = reader.number(digits: 2) else { throw .unreadable }
            minutes = given
        }
        guard hours <= 18, minutes < 60 else { throw .outOfRange }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, also before its introduction.
    ///
    /// Years are counted from March, so that the leap day is the last one, in eras of 400 years that all have 146,097
    /// days.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Walks through the bytes of a date.
private struct DateReader {
    let bytes: UnsafeRawBufferPointer
    var place = 0

    var isAtEnd: Bool { place == bytes.count }

    /// Takes exactly so many digits.
    mutating func number(digits: Int) -> Int64? {
        guard place + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[place..<place + digits] {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        place += digits
        return value
    }

    /// Takes a text if it stands here.
    mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard place + wanted.count <= bytes.count,
            bytes[place..<place + wanted.count].elementsEqual(wanted)
        else { return false }
        place += wanted.count
        return true
    }
}
