/// Why a time cell is not read.
///
/// Source: docs/importers/csv.md, "Times".
enum TimeRefusal: Error, Equatable, Sendable {
    /// The cell has nothing in it.
    case empty
    /// A number with an exponent, as spreadsheets write long ones; its last digits are lost.
    case exponent
    /// A small number with a fraction, as spreadsheets count days.
    case spreadsheetDay
    /// A date with slashes or dots, whose day and month cannot be told apart.
    case ambiguousDate
    /// A moment that no calendar has, or that lies outside the years 0 to 9999.
    case outOfRange
    /// Anything else.
    case unreadable

    /// What is wrong and what to do, for a person.
    var message: String {
        let forms = "Write milliseconds since 1970 or ISO 8601, as in 2016-02-01T04:13:20Z."
        return switch self {
        case .empty: "The time is missing. \(forms)"
        case .exponent: "A spreadsheet has rounded the time. Format its column as a number without decimals. \(forms)"
        case .spreadsheetDay: "The time looks like a spreadsheet's day number, which has no fixed meaning. \(forms)"
        case .ambiguousDate: "Day and month of the time cannot be told apart. \(forms)"
        case .outOfRange: "There is no such time between the years 0 and 9999. \(forms)"
        case .unreadable: "The time is of no known form. \(forms)"
        }
    }
}
