/// Rows for one table, built before the first of them is inserted.
///
/// Values are stored as consecutive bytes. So rows can be built on any thread, take little more memory than their
/// strings, and reach the database without a copy or a reference count per value: every row of an import passes through
/// here.
public struct BulkInsert: Sendable {
    /// A value for the database; its bytes are valid during the call.
    public enum Value {
        /// No value.
        case null
        /// A whole number.
        case integer(Int64)
        /// A floating-point number.
        case real(Double)
        /// Text in UTF-8.
        case text(UnsafeRawBufferPointer)
        /// Bytes.
        case blob(UnsafeRawBufferPointer)
    }

    private enum Tag {
        static let null: UInt8 = 0
        static let integer: UInt8 = 1
        static let real: UInt8 = 2
        static let text: UInt8 = 3
        static let blob: UInt8 = 4
    }

    /// The table.
    public let table: String
    /// The columns, in the order of each row's values.
    public let columns: [String]
    private var bytes: [UInt8] = []
    /// The index of each row's first byte.
    private var rowStarts: [Int] = []
    /// The order of insertion; nil for the order in which rows were added.
    private var order: [Int]?
    /// The column of the next value.
    private var column = 0

    /// No rows yet.
    ///
    /// - Parameter rowCount: how many rows to expect.
    public init(into table: String, columns: [String], rowCount: Int = 0) {
        self.table = table
        self.columns = columns
        bytes.reserveCapacity(rowCount * columns.count * 12)
        rowStarts.reserveCapacity(rowCount)
    }

    /// No rows of a table yet.
    public init<Column>(into table: Table<Column>, rowCount: Int = 0) {
        self.init(into: table.name, columns: table.insertedNames, rowCount: rowCount)
    }

    /// Existing rows.
    ///
    /// - Parameter values: the values of all rows, one row after the other.
    public init(into table: String, columns: [String], values: [SQLValue]) {
        precondition(values.count.isMultiple(of: columns.count), "\(table) takes \(columns.count) values a row")
        self.table = table
        self.columns = columns
        for value in values { add(value) }
    }

    /// Rows of a table.
    @inlinable
    public init<Column>(_ sources: some Collection<Column.Source>, into table: Table<Column>) {
        self.init(into: table.name, columns: table.insertedNames, rowCount: sources.count)
        for source in sources { append(source, of: table) }
    }

    /// How many rows there are.
    public var rowCount: Int { rowStarts.count }

    /// Adds a row of a table. Inlined, because one function for all tables would take several times as long.
    @inlinable
    public mutating func append<Column>(_ source: Column.Source, of table: Table<Column>) {
        for column in table.inserted { add(column.value(of: source)) }
    }

    /// Sets the order in which rows are inserted.
    ///
    /// - Parameter order: the indices of all rows.
    public mutating func sort(by order: [Int]) {
        precondition(order.count == rowCount, "every row has its place in the order")
        self.order = order
    }

    /// Some of the rows, in the same order.
    ///
    /// - Parameters:
    ///   - isSelected: whether a row is one of them.
    ///   - replacement: the new value of a column of a row; nil if the value stays.
    public func selecting(
        _ isSelected: (_ row: Int) -> Bool,
        replacing replacement: (_ row: Int, _ column: Int) -> SQLValue? = { _, _ in nil }
    ) -> BulkInsert {
        var selection = BulkInsert(into: table, columns: columns)
        bytes.withUnsafeBytes { bytes in
            for row in order ?? Array(rowStarts.indices) where isSelected(row) {
                var position = rowStarts[row]
                for column in columns.indices {
                    let value = Self.value(in: bytes, at: &position)
                    if let replacement = replacement(row, column) {
                        selection.add(replacement)
                    } else {
                        selection.add(value)
                    }
                }
            }
        }
        return selection
    }

    /// Adds a row.
    ///
    /// - Parameter row: one value per column.
    public mutating func append(_ row: SQLValue...) {
        precondition(row.count == columns.count, "\(table) takes \(columns.count) values a row")
        for value in row { add(value) }
    }

    /// Adds the next value of a row, a string.
    public mutating func add(_ text: String) { add(text, as: Tag.text) }

    /// Adds the next value of a row, a string or NULL.
    public mutating func add(_ text: String?) {
        if let text { add(text, as: Tag.text) } else { addNull() }
    }

    /// Adds the next value of a row, a whole number.
    public mutating func add(_ number: Int64) { add(UInt64(bitPattern: number), as: Tag.integer) }

    /// Adds the next value of a row, a whole number or NULL.
    public mutating func add(_ number: Int64?) {
        if let number { add(number) } else { addNull() }
    }

    /// Adds the next value of a row, a floating-point number or NULL.
    public mutating func add(_ number: Double?) {
        if let number { add(number.bitPattern, as: Tag.real) } else { addNull() }
    }

    /// Adds the next value of a row, a Boolean.
    public mutating func add(_ flag: Bool) { add(flag ? 1 : 0 as Int64) }

    @usableFromInline
    mutating func add(_ value: SQLValue) {
        switch value {
        case .null: addNull()
        case .integer(let number): add(number)
        case .real(let number): add(number)
        case .text(let text): add(text)
        case .blob(let blob): blob.withUnsafeBytes { add($0, as: Tag.blob) }
        case .texts: preconditionFailure("No table has a column for a list.")
        }
    }

    private mutating func add(_ value: Value) {
        switch value {
        case .null: addNull()
        case .integer(let number): add(number)
        case .real(let number): add(number)
        case .text(let text): add(text, as: Tag.text)
        case .blob(let blob): add(blob, as: Tag.blob)
        }
    }

    private mutating func addNull() { begin(Tag.null) }

    private mutating func add(_ bits: UInt64, as tag: UInt8) {
        begin(tag)
        withUnsafeBytes(of: bits) { bytes.append(contentsOf: $0) }
    }

    /// Begins a value, and a row with the first column's.
    private mutating func begin(_ tag: UInt8) {
        if column == 0 { rowStarts.append(bytes.count) }
        column = column + 1 == columns.count ? 0 : column + 1
        bytes.append(tag)
    }

    private mutating func add(_ text: String, as tag: UInt8) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0), as: tag) }
    }

    private mutating func add(_ content: UnsafeRawBufferPointer, as tag: UInt8) {
        begin(tag)
        withUnsafeBytes(of: UInt32(content.count)) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
    }

    /// Calls `body` with every value, row by row.
    ///
    /// - Parameter body: receives a value, and whether it is the last of its row.
    public func forEachValue(_ body: (Value, _ endsRow: Bool) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { bytes in
            for index in rowStarts.indices {
                var position = rowStarts[order?[index] ?? index]
                for column in columns.indices {
                    try body(Self.value(in: bytes, at: &position), column == columns.count - 1)
                }
            }
        }
    }

    /// The value at a position, which moves behind it.
    private static func value(in bytes: UnsafeRawBufferPointer, at position: inout Int) -> Value {
        let tag = bytes[position]
        position += 1
        switch tag {
        case Tag.null: return .null
        case Tag.integer, Tag.real:
            let bits = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            position += 8
            return tag == Tag.integer ? .integer(Int64(bitPattern: bits)) : .real(Double(bitPattern: bits))
        default:
            let count = Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            let content = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 4 + count])
            position += 4 + count
            return tag == Tag.text ? .text(content) : .blob(content)
        }
    }
}
