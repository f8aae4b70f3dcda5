/// A timestamp in ISO 8601's extended form: a date, with or without a time of day and a zone.
///
/// The time of day may lack its seconds, a space may stand in place of `T` and before the zone, and the zone may be
/// `UTC` or `GMT`. Digits after the third of a fraction are dropped.
public struct ISO8601Time: Equatable, Sendable {
    /// Whether calendar and clock have the timestamp.
    public enum Validity: Sendable {
        /// They have it. A leap second counts as the first second of the next minute.
        case valid
        /// A number is beyond its end, as in 31 February or 24:00, and is carried over to the next day or hour.
        case carriedOver
        /// A number is beyond what can be carried over, as in month 13.
        case invalid
    }

    /// The timestamp; a date without a time of day is its midnight, and without a zone it is UTC.
    public private(set) var timestamp = Timestamp(milliseconds: 0)
    /// Whether a zone is given.
    public private(set) var hasZone = false
    /// Whether calendar and clock have the timestamp.
    public private(set) var validity = Validity.valid

    /// Reads the whole of the bytes; nil for any other form.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = Reader(bytes: bytes)
        guard let year = reader.year(), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"),
            let day = reader.number(digits: 2)
        else { return nil }
        guard (1...12).contains(month), (1...31).contains(day) else {
            validity = .invalid
            return
        }
        if day > Timestamp.days(inMonth: month, ofYear: year) { validity = .carriedOver }
        var milliseconds = Timestamp.daysSince1970(year: year, month: month, day: day) * 86_400_000
        if !reader.isAtEnd {
            guard reader.take("T") || reader.take("t") || reader.take(" "),
                let time = timeOfDay(&reader),
                let zone = zone(&reader), reader.isAtEnd
            else { return nil }
            milliseconds += time - zone * 60_000
        }
        timestamp = Timestamp(milliseconds: Int64(milliseconds))
    }

    /// Milliseconds since midnight.
    private mutating func timeOfDay(_ reader: inout Reader) -> Int? {
        guard let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2)
        else {
            return nil
        }
        var (second, milliseconds) = (0, 0)
        if reader.take(":") {
            guard let whole = reader.number(digits: 2) else { return nil }
            second = whole
            if reader.take(".") || reader.take(",") {
                guard let fraction = reader.milliseconds() else { return nil }
                milliseconds = fraction
            }
        }
        if hour > 24 || minute > 59 || second > 60 {
            validity = .invalid
        } else if hour == 24, validity == .valid {
            validity = .carriedOver
        }
        return ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
    }

    /// Minutes east of Greenwich; 0 when there is no zone.
    private mutating func zone(_ reader: inout Reader) -> Int? {
        if reader.isAtEnd { return 0 }
        hasZone = true
        _ = reader.take(" ")
        if reader.take("Z") || reader.take("z") || reader.takeWord("UTC") || reader.takeWord("GMT") {
            return 0
        }
        let isWest = reader.take("-")
        guard isWest || reader.take("+"), let hours = reader.number(digits: 2) else { return nil }
        var minutes = 0
        if !reader.isAtEnd {
            _ = reader.take(":")
            guard let given = reader.number(digits: 2) else { return nil }
            minutes = given
        }
        if hours > 18 || minutes > 59, validity == .valid { validity = .carriedOver }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    /// Walks through the bytes.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        private var index = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        /// Four digits, or a sign and six.
        mutating func year() -> Int? {
            if take("+") { return number(digits: 6) }
            if take("-") { return number(digits: 6).map { -$0 } }
            return number(digits: 4)
        }

        /// Takes exactly so many digits.
        mutating func number(digits: Int) -> Int? {
            guard index + digits <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[index..<index + digits] {
                guard byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            index += digits
            return value
        }

        /// Takes all digits of a fraction of a second, one at least.
        mutating func milliseconds() -> Int? {
            var (milliseconds, scale) = (0, 100)
            let start = index
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                milliseconds += Int(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
            return index > start ? milliseconds : nil
        }

        /// Takes a character if it comes next.
        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        /// Takes a word if it comes next.
        mutating func takeWord(_ word: String) -> Bool {
            guard bytes[index...].starts(with: word.utf8) else { return false }
            index += word.utf8.count
            return true
        }
    }
}
