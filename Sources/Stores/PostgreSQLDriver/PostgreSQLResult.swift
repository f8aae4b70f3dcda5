import CPQ
import SQL

/// What a statement answered; freed with its last reference.
final class PostgreSQLResult {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var rowCount: Int { Int(PQntuples(pointer)) }

    /// How many rows a statement changed.
    var changedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    func row(_ index: Int) -> PostgreSQLRow { PostgreSQLRow(result: pointer, index: Int32(index)) }
}

/// One row of an answer, in text format.
struct PostgreSQLRow: SQLRow {
    let result: OpaquePointer
    let index: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result, index, Int32(column)) != 0 }

    func integer(_ column: Int) -> Int64 { Int64(text(column)) ?? 0 }

    func real(_ column: Int) -> Double { Double(text(column)) ?? 0 }

    func text(_ column: Int) -> String {
        guard let bytes = PQgetvalue(result, index, Int32(column)) else { return "" }
        let count = Int(PQgetlength(result, index, Int32(column)))
        return bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }

    /// `\x` and two hexadecimal digits a byte.
    func bytes(_ column: Int) -> [UInt8] {
        var digits = text(column).utf8.dropFirst(2).makeIterator()
        var bytes: [UInt8] = []
        while let high = digits.next(), let low = digits.next() {
            bytes.append(Self.nibble(high) << 4 | Self.nibble(low))
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8 {
        digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}
