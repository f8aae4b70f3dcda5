/// One row of a result, valid only inside the closure that receives it. Columns count from 0.
public protocol SQLRow {
    /// Whether a column has no value.
    func isNull(_ column: Int) -> Bool

    /// A whole number; 0 for NULL.
    func integer(_ column: Int) -> Int64

    /// A floating-point number; 0 for NULL.
    func real(_ column: Int) -> Double

    /// A string; empty for NULL.
    func text(_ column: Int) -> String

    /// Bytes; empty for NULL.
    func bytes(_ column: Int) -> [UInt8]
}

extension SQLRow {
    /// A Boolean stored as 0 or 1.
    public func flag(_ column: Int) -> Bool { integer(column) != 0 }

    /// A string, or nil for NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// A floating-point number, or nil for NULL.
    public func optionalReal(_ column: Int) -> Double? { isNull(column) ? nil : real(column) }

    /// A whole number, or nil for NULL.
    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

    /// A value of the column's kind.
    public func value(_ column: Int, as kind: TableShape.Column.Kind) -> SQLValue {
        guard !isNull(column) else { return .null }
        return switch kind {
        case .integer: .integer(integer(column))
        case .real: .real(real(column))
        case .text: .text(text(column))
        case .blob: .blob(bytes(column))
        }
    }
}
