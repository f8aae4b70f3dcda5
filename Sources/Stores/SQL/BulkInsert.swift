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
    private var valueCount = 0

    /// No rows yet.
    ///
    /// - Parameter rowCount: how many rows to expect.
    public init(into table: String, columns: [String], rowCount: Int) {
        self.table = table
        self.columns = columns
        bytes.reserveCapacity(rowCount * columns.count * 12)
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
    // Specialised by its callers: as one function for all tables it would take several times as long.
    @inlinable
    public init<Column>(_ sources: some Collection<Column.Source>, into table: Table<Column>) {
        self.init(into: table.name, columns: table.insertedNames, rowCount: sources.count)
        for source in sources {
            for column in table.inserted { add(column.value(of: source)) }
        }
    }

    /// How many rows there are.
    public var rowCount: Int { valueCount / columns.count }

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

    private mutating func addNull() {
        bytes.append(Tag.null)
        valueCount += 1
    }

    private mutating func add(_ bits: UInt64, as tag: UInt8) {
        bytes.append(tag)
        withUnsafeBytes(of: bits) { bytes.append(contentsOf: $0) }
        valueCount += 1
    }

    private mutating func add(_ text: String, as tag: UInt8) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0), as: tag) }
    }

    private mutating func add(_ content: UnsafeRawBufferPointer, as tag: UInt8) {
        bytes.append(tag)
        withUnsafeBytes(of: UInt32(content.count)) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
        valueCount += 1
    }

    /// Calls `body` with every value, row by row.
    ///
    /// - Parameter body: receives a value, and whether it is the last of its row.
    public func forEachValue(_ body: (Value, _ endsRow: Bool) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { bytes in
            var (position, column) = (0, 0)
            while position < bytes.count {
                let tag = bytes[position]
                position += 1
                let value: Value
                switch tag {
                case Tag.null: value = .null
                case Tag.integer, Tag.real:
                    let bits = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    position += 8
                    value = tag == Tag.integer ? .integer(Int64(bitPattern: bits)) : .real(Double(bitPattern: bits))
                default:
                    let count = Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                    let content = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 4 + count])
                    position += 4 + count
                    value = tag == Tag.text ? .text(content) : .blob(content)
                }
                column += 1
                if column == columns.count { column = 0 }
                try body(value, column == 0)
            }
        }
    }
}
