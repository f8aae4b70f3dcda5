import SQL

/// What a table holds, in a few bytes: equal tables have equal digests, whatever the order of their rows.
///
/// Each row is hashed with a key that every process draws anew (SipHash), and the hashes are added up; no set of rows
/// can be made beforehand that would be taken for another.
struct TableDigest: Equatable, Sendable {
    private(set) var rows = 0
    private var sum: UInt64 = 0

    /// Adds rows, each of so many values.
    mutating func add(_ values: [SQLValue], columns: Int) {
        for start in stride(from: 0, to: values.count, by: columns) {
            var hasher = Hasher()
            for value in values[start..<start + columns] { Self.feed(value, into: &hasher) }
            sum &+= UInt64(bitPattern: Int64(hasher.finalize()))
            rows += 1
        }
    }

    /// A kind, a length where it varies, and the bytes: no two different rows feed the same.
    private static func feed(_ value: SQLValue, into hasher: inout Hasher) {
        switch value {
        case .null: hasher.combine(0 as UInt8)
        case .integer(let number):
            hasher.combine(1 as UInt8)
            hasher.combine(number)
        case .real(let number):
            hasher.combine(2 as UInt8)
            // SQLite knows no negative zero; every other number is compared bit by bit.
            hasher.combine(number == 0 ? 0 : number.bitPattern)
        case .text(var text):
            hasher.combine(3 as UInt8)
            // Bytes, since texts are equal when they merely look the same.
            text.withUTF8 { bytes in
                hasher.combine(bytes.count)
                hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            }
        case .blob(let blob):
            hasher.combine(4 as UInt8)
            hasher.combine(blob.count)
            blob.withUnsafeBytes { hasher.combine(bytes: $0) }
        case .texts: preconditionFailure("no column holds a list")
        }
    }
}
