internal import ImportDomain
internal import JSON

/// The timestamp in a cell of a time column.
///
/// The cell is read byte by byte, because every message has one.
/// Source: docs/importers/csv.md, "Times".
struct TimeCell: Equatable, Sendable {
    /// Why a cell is rejected.
    ///
    /// Source: docs/importers/csv.md, "Times".
    enum Refusal: Error, Equatable, Sendable {
        /// The cell has nothing in it.
        case empty
        /// A number with an exponent, as spreadsheets write long ones; its last digits are lost.
        case exponent
        /// A small number with a fraction, as spreadsheets count days.
        case spreadsheetDay
        /// A date with slashes or dots, whose day and month cannot be distinguished.
        case ambiguousDate
        /// A timestamp that no calendar has, or one outside the years 0 to 9999.
        case outOfRange
        /// Anything else.
        case unreadable

        /// What is wrong and what to do, for a person.
        var message: String {
            let forms = "Write milliseconds since 1970 or ISO 8601, as in 2016-02-01T04:13:20Z."
            return switch self {
            case .empty: "The time is missing. \(forms)"
            case .exponent:
                "A spreadsheet has rounded the time. Format its column as a number without decimals. \(forms)"
            case .spreadsheetDay: "The time looks like a spreadsheet's day number, which has no fixed meaning. \(forms)"
            case .ambiguousDate: "Day and month of the time cannot be distinguished. \(forms)"
            case .outOfRange: "There is no such time between the years 0 and 9999. \(forms)"
            case .unreadable: "The time is of no known form. \(forms)"
            }
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    var milliseconds: Int64
    /// Whether the cell is a date without a zone, which is taken as UTC.
    var lacksZone = false

    /// Reads a cell.
    ///
    /// - Throws: the reason why the cell is rejected.
    init(_ cell: UnsafeRawBufferPointer) throws(Refusal) {
        let bytes = UnsafeRawBufferPointer(trimming: cell)
        guard !bytes.isEmpty else { throw .empty }
        if bytes.count > 4, bytes[4] == UInt8(ascii: "-"), bytes[0].isDigit {
            guard let time = ISO8601Time(bytes) else { throw .unreadable }
            guard time.validity == .valid else { throw .outOfRange }
            self.init(milliseconds: time.timestamp.milliseconds, lacksZone: !time.hasZone)
        } else {
            try self.init(number: bytes)
        }
        guard Self.range.contains(milliseconds) else { throw .outOfRange }
    }

    init(milliseconds: Int64, lacksZone: Bool = false) {
        self.milliseconds = milliseconds
        self.lacksZone = lacksZone
    }

    /// The first and the last millisecond of the years 0 to 9999.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// A count of seconds, milliseconds, microseconds or nanoseconds, distinguished by their size.
    private init(number bytes: UnsafeRawBufferPointer) throws(Refusal) {
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

        var fraction: Int64 = 0
        let hasFraction = place < bytes.count && bytes[place] == UInt8(ascii: ".")
        if hasFraction {
            place += 1
            guard place < bytes.count, bytes[place].isDigit else { throw .unreadable }
            var scale: Int64 = 100
            while place < bytes.count, bytes[place].isDigit {
                fraction += Int64(bytes[place] - 0x30) * scale
                scale /= 10
                place += 1
            }
        }
        guard place == bytes.count else { throw Self.refusal(of: bytes, at: place) }
        guard !hasFraction || value >= Self.smallestFractionalSecond else { throw .spreadsheetDay }

        let magnitude: Int64
        switch value {
        case ..<100_000_000_000: magnitude = value * 1000 + fraction
        case ..<100_000_000_000_000: magnitude = value
        case ..<100_000_000_000_000_000: magnitude = value / 1000
        default: magnitude = value / 1_000_000
        }
        self.init(milliseconds: isNegative ? -magnitude : magnitude)
    }

    /// Below it a number with a fraction is a spreadsheet's day: as a second it would lie in January 1970, as a day
    /// it would be one up to the year 4637.
    private static let smallestFractionalSecond: Int64 = 1_000_000

    /// Why a number continues with something that numbers do not have.
    private static func refusal(of bytes: UnsafeRawBufferPointer, at place: Int) -> Refusal {
        switch bytes[place] | 0x20 {
        case UInt8(ascii: "e"): return .exponent
        case UInt8(ascii: "/"), UInt8(ascii: "."): return .ambiguousDate
        default: return .unreadable
        }
    }
}
