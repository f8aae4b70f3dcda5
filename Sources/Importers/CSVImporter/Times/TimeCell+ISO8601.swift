internal import ImportDomain
internal import ImporterKit

extension TimeCell {
    /// A date of ISO 8601 in its extended form, with `T` or a space before the time of day.
    ///
    /// The time of day may lack its seconds or be missing altogether; a space may stand before the zone.
    init(date bytes: UnsafeRawBufferPointer) throws(TimeRefusal) {
        var reader = DateReader(bytes: bytes)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2)
        else { throw .unreadable }
        guard (1...12).contains(month), day >= 1,
            day <= Timestamp.days(inMonth: Int(month), ofYear: Int(year))
        else { throw .outOfRange }

        var total = Int64(Timestamp.daysSince1970(year: Int(year), month: Int(month), day: Int(day))) * 86_400_000
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
