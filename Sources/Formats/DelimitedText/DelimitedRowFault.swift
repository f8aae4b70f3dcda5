/// Why a row of delimited text is not to be trusted.
public enum DelimitedRowFault: Hashable, Sendable {
    /// Something other than a delimiter follows a closing quote; the field is taken literally, quotes included.
    case textAfterQuote
    /// The quote at the begin of a field is not closed before the text ends. Reading continues below, at the next line
    /// that has as many fields as the rows before.
    case unclosedQuote
    /// A field is longer than the limit, in bytes. Reading continues below, as for `unclosedQuote`.
    case fieldTooLong(limit: Int)
    /// The row is longer than the limit, in bytes. Reading continues below, as for `unclosedQuote`.
    case rowTooLong(limit: Int)
    /// The row has more fields than the limit; those beyond it are dropped.
    case tooManyColumns(limit: Int)

    /// What is wrong, for a person.
    public var message: String {
        switch self {
        case .textAfterQuote:
            "There is text behind a closing quote. Quotes inside a quoted field are written twice."
        case .unclosedQuote: "A quoted field does not end. Close its quote, or write a quote that belongs to it twice."
        case .fieldTooLong(let limit): "A field has more than \(limit) bytes. Is one of its quotes not closed?"
        case .rowTooLong(let limit): "The row has more than \(limit) bytes. Is one of its quotes not closed?"
        case .tooManyColumns(let limit): "The row has more than \(limit) fields."
        }
    }
}
