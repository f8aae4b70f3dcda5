import ImportDomain
import JSON

extension JSONReader {
    /// A moment: milliseconds since 1970 as a number or as digits, ISO 8601, or `{"$date": …}`; nil for anything else.
    ///
    /// Source: docs/importers.md, "Times".
    mutating func moment() throws -> Timestamp? {
        switch try kind() {
        case .number:
            let number = try readNumber().double
            return abs(number) <= Timestamp.largestMilliseconds ? Timestamp(milliseconds: Int64(number)) : nil
        case .string: return Timestamp(text: try readString())
        case .object:
            var moment: Timestamp?
            try beginObject()
            while let key = try nextKey() {
                if key == "$date" { moment = try self.moment() } else { try skipValue() }
            }
            return moment
        case .boolean, .null, .array:
            try skipValue()
            return nil
        }
    }

    /// The `_id` of an object, or a text that stands for it; nil for anything else.
    mutating func identity() throws -> String? {
        guard try kind() == .object else {
            guard try kind() == .string else {
                try skipValue()
                return nil
            }
            return try readString()
        }
        var id: String?
        try beginObject()
        while let key = try nextKey() {
            if key == "_id" { id = try coercedText() } else { try skipValue() }
        }
        return id
    }

    /// The text of an array; nil for any other kind of value, and for an empty one.
    mutating func array() throws -> String? {
        guard try kind() == .array else {
            try skipValue()
            return nil
        }
        let value = try readValue()
        return value.elements.isEmpty ? nil : value.serialized()
    }
}

extension JSONValue {
    /// The elements of an array; none for anything else.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}

extension Timestamp {
    /// The latest moment that JavaScript can tell, which is what clients are written in.
    static let largestMilliseconds = 8.64e15

    /// A moment of digits (milliseconds since 1970) or in ISO 8601, with seconds, fraction and zone or without; nil for
    /// anything else. Without a zone it is UTC.
    init?(text: String) {
        if let milliseconds = Double(text) {
            guard abs(milliseconds) <= Self.largestMilliseconds else { return nil }
            self.init(milliseconds: Int64(milliseconds))
            return
        }
        var digits = Digits(text.utf8[...])
        guard let year = digits.number(of: 4), digits.skip("-"), let month = digits.number(of: 2), digits.skip("-"),
            let day = digits.number(of: 2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var milliseconds = Self.daysSince1970(year: year, month: month, day: day) * 86_400_000
        if digits.skip("T") || digits.skip("t") || digits.skip(" ") {
            guard let hour = digits.number(of: 2), digits.skip(":"), let minute = digits.number(of: 2), hour < 25,
                minute < 60
            else { return nil }
            var second = 0
            if digits.skip(":") {
                guard let whole = digits.number(of: 2), whole < 61 else { return nil }
                second = whole
            }
            let fraction = digits.skip(".") ? digits.milliseconds() : 0
            milliseconds += ((hour * 60 + minute) * 60 + second) * 1000 + fraction
            guard let offset = digits.zoneMinutes() else { return nil }
            milliseconds -= offset * 60_000
        }
        guard digits.isAtEnd else { return nil }
        self.init(milliseconds: Int64(milliseconds))
    }

    /// Source: the days from civil date of the proleptic Gregorian calendar, counted in years that begin in March.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Digits {
        private var rest: Substring.UTF8View

        init(_ text: Substring.UTF8View) { rest = text }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func number(of count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            var number = 0
            for byte in rest.prefix(count) {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            rest = rest.dropFirst(count)
            return number
        }

        mutating func milliseconds() -> Int {
            var (milliseconds, scale) = (0, 100)
            while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
                milliseconds += Int(byte - 0x30) * scale
                scale /= 10
                rest = rest.dropFirst()
            }
            return milliseconds
        }

        mutating func zoneMinutes() -> Int? {
            if rest.isEmpty || skip("Z") || skip("z") { return 0 }
            let sign = skip("+") ? 1 : skip("-") ? -1 : 0
            guard sign != 0, let hours = number(of: 2) else { return nil }
            _ = skip(":")
            let minutes = rest.isEmpty ? 0 : number(of: 2)
            return minutes.map { sign * (hours * 60 + $0) }
        }
    }
}
