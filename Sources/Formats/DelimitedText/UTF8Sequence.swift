/// What the bytes at one place of a text are, read as UTF-8.
enum UTF8Sequence: Equatable {
    /// A character of this many bytes.
    case character(length: Int)
    /// The begin of a character whose other bytes have not arrived.
    case incomplete
    /// This many bytes that no character begins with.
    case invalid(length: Int)

    /// Reads the sequence that begins at `index`.
    ///
    /// Source: The Unicode Standard 15.0, table 3-7, and "U+FFFD Substitution of Maximal Subparts".
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at index: Int, to end: Int) {
        let lead = bytes[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F:
            self = .character(length: 1)
            return
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default:
            self = .invalid(length: 1)
            return
        }
        for offset in 1..<length {
            guard index + offset < end else {
                self = .incomplete
                return
            }
            guard (offset == 1 ? second : 0x80...0xBF).contains(bytes[index + offset]) else {
                self = .invalid(length: offset)
                return
            }
        }
        self = .character(length: length)
    }
}
