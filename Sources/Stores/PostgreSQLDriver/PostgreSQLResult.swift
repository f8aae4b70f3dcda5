import CPQ
import SQL

/// The result of a statement; freed with its last reference.
final class PostgreSQLResult {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var rowCount: Int { Int(PQntuples(pointer)) }

    /// The number of changed rows.
    var changedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    func row(_ index: Int) -> PostgreSQLRow { PostgreSQLRow(result: pointer, index: Int32(index)) }
}

/// One row of a result, in text format.
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

    /// Written as `\x` and two hexadecimal digits per byte.
    func bytes(_ column: Int) -> [UInt8] {
        guard let text = PQgetvalue(result, index, Int32(column)) else { return [] }
        let count = (Int(PQgetlength(result, index, Int32(column))) - 2) / 2
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            for place in 0..<count {
                let high = Self.digit(UInt8(bitPattern: text[2 + 2 * place]))
                let low = Self.digit(UInt8(bitPattern: text[3 + 2 * place]))
                bytes[place] = high << 4 | low
            }
            initialized = count
        }
    }

    private static func digit(_ character: UInt8) -> UInt8 {
        character < UInt8(ascii: "a") ? character &- UInt8(ascii: "0") : character &- UInt8(ascii: "a") &+ 10
    }
}
