internal import ImportDomain
internal import ImporterKit

/// The moment that a cell of a time column tells.
///
/// The cell is read byte by byte, because every message has one.
/// Source: docs/importers/csv.md, "Times".
struct TimeCell: Equatable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var milliseconds: Int64
    /// Whether the cell is a date without a zone, which is taken as UTC.
    var lacksZone = false

    /// Reads a cell.
    ///
    /// - Throws: the reason why it is none that can be trusted.
    init(_ cell: UnsafeRawBufferPointer) throws(TimeRefusal) {
        let bytes = UnsafeRawBufferPointer(trimming: cell)
        guard !bytes.isEmpty else { throw .empty }
        if bytes.count > 4, bytes[4] == UInt8(ascii: "-"), bytes[0].isDigit {
            self = try Self(date: bytes)
        } else {
            self = try Self(number: bytes)
        }
        guard Self.range.contains(milliseconds) else { throw .outOfRange }
    }

    init(milliseconds: Int64, lacksZone: Bool = false) {
        self.milliseconds = milliseconds
        self.lacksZone = lacksZone
    }

    /// The first and the last millisecond of the years 0 to 9999.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// A count of seconds, milliseconds, microseconds or nanoseconds, told apart by their size.
    private init(number bytes: UnsafeRawBufferPointer) throws(TimeRefusal) {
        var place = 0
        let isNegative = bytes[0] == UInt8(ascii: "-")
        if isNegative || bytes[0] == UInt8(ascii: "+") { place = 1 }
        let firstDigit = place
        var value: Int64 = 0
        while place < bytes.count, bytes[place].isDigit {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(bytes[place] - 0x30))
            guard !overflow, !carry else { throw .outOfRange }
            value = sum
            place += 1
        }
        guard place > firstDigit else { throw .unreadable }

        var fraction = SecondFraction()
        let hasFraction = place < bytes.count && bytes[place] == UInt8(ascii: ".")
        if hasFraction {
            place += 1
            guard fraction.read(bytes, from: &place) else { throw .unreadable }
        }
        guard place == bytes.count else { throw Self.refusal(of: bytes, at: place) }
        guard !hasFraction || value >= Self.smallestFractionalSecond else { throw .spreadsheetDay }

        let magnitude: Int64
        switch value {
        case ..<100_000_000_000: magnitude = value * 1000 + fraction.milliseconds
        case ..<100_000_000_000_000: magnitude = value
        case ..<100_000_000_000_000_000: magnitude = value / 1000
        default: magnitude = value / 1_000_000
        }
        self.init(milliseconds: isNegative ? -magnitude : magnitude)
    }

    /// Below it a number with a fraction is a spreadsheet's day: as a second it would lie in January 1970, as a day
    /// it would be one up to the year 4637.
    private static let smallestFractionalSecond: Int64 = 1_000_000

    /// Why a number goes on with something that numbers do not have.
    private static func refusal(of bytes: UnsafeRawBufferPointer, at place: Int) -> TimeRefusal {
        switch bytes[place] | 0x20 {
        case UInt8(ascii: "e"): return .exponent
        case UInt8(ascii: "/"), UInt8(ascii: "."): return .ambiguousDate
        default: return .unreadable
        }
    }

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

/// The digits behind the point of a second, cut to milliseconds.
struct SecondFraction {
    private(set) var milliseconds: Int64 = 0

    /// Takes in all digits from a place on.
    ///
    /// - Returns: whether there was one.
    mutating func read(_ bytes: UnsafeRawBufferPointer, from place: inout Int) -> Bool {
        var scale: Int64 = 100
        let start = place
        while place < bytes.count, bytes[place].isDigit {
            milliseconds += Int64(bytes[place] - 0x30) * scale
            scale /= 10
            place += 1
        }
        return place > start
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
