/// Decodes base64 as it arrives, in either alphabet of RFC 4648; spaces are skipped and padding may be left out.
struct Base64Decoder: Sendable {
    private static let padding: UInt8 = 64
    private static let space: UInt8 = 65
    private static let other: UInt8 = 0xFF

    /// The value of each byte: a digit below 64, or one of the above.
    private let values: [UInt8] = {
        var values = [UInt8](repeating: other, count: 256)
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        for (value, byte) in digits.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        for (bytes, value) in [("+-", UInt8(62)), ("/_", 63), ("=", padding), (" ", space)] {
            for byte in bytes.utf8 { values[Int(byte)] = value }
        }
        return values
    }()
    /// The digits of the group that is not complete yet, the first one highest.
    private var group: UInt32 = 0
    private var digitCount = 0
    private var paddingCount = 0

    /// Decodes up to the first byte that does not belong to base64.
    ///
    /// - Returns: the index of that byte, or the end.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, from start: Int, into output: inout [UInt8]) -> Int {
        let outputStart = output.count
        output.append(contentsOf: repeatElement(0, count: (bytes.count - start) / 4 * 3 + 6))
        let (end, written) = output.withUnsafeMutableBytes { output in
            values.withUnsafeBufferPointer { values in
                decode(
                    bytes, from: start, values: values,
                    into: UnsafeMutableRawBufferPointer(rebasing: output[outputStart...]))
            }
        }
        output.removeLast(output.count - outputStart - written)
        return end
    }

    private mutating func decode(
        _ bytes: UnsafeRawBufferPointer, from start: Int, values: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableRawBufferPointer
    ) -> (end: Int, written: Int) {
        var (index, written) = (start, 0)
        while index < bytes.count {
            if digitCount == 0, paddingCount == 0 {
                while index + 4 <= bytes.count {
                    let (first, second) = (values[Int(bytes[index])], values[Int(bytes[index + 1])])
                    let (third, fourth) = (values[Int(bytes[index + 2])], values[Int(bytes[index + 3])])
                    guard first | second | third | fourth < 64 else { break }
                    output[written] = first << 2 | second >> 4
                    output[written + 1] = second << 4 | third >> 2
                    output[written + 2] = third << 6 | fourth
                    written += 3
                    index += 4
                }
                guard index < bytes.count else { break }
            }
            guard take(values[Int(bytes[index])]) else { break }
            index += 1
            if digitCount == 4 { written = flush(into: output, at: written) }
        }
        return (index, written)
    }

    /// Appends one value; returns whether it is valid here.
    private mutating func take(_ value: UInt8) -> Bool {
        switch value {
        case 0..<64 where paddingCount == 0:
            group = group << 6 | UInt32(value)
            digitCount += 1
            return true
        case Self.padding where digitCount >= 2 && digitCount + paddingCount < 4:
            paddingCount += 1
            return true
        case Self.space: return true
        default: return false
        }
    }

    private mutating func flush(into output: UnsafeMutableRawBufferPointer, at index: Int) -> Int {
        output[index] = UInt8(truncatingIfNeeded: group >> 16)
        output[index + 1] = UInt8(truncatingIfNeeded: group >> 8)
        output[index + 2] = UInt8(truncatingIfNeeded: group)
        (group, digitCount) = (0, 0)
        return index + 3
    }

    /// Appends the bytes of the last, incomplete group; returns whether the text may end here.
    mutating func finish(into output: inout [UInt8]) -> Bool {
        defer { (group, digitCount, paddingCount) = (0, 0, 0) }
        guard paddingCount == 0 || digitCount + paddingCount == 4 else { return false }
        switch digitCount {
        case 0: return true
        case 2: output.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3:
            output.append(UInt8(truncatingIfNeeded: group >> 10))
            output.append(UInt8(truncatingIfNeeded: group >> 2))
        default: return false
        }
        return true
    }
}
