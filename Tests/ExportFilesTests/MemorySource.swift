import ExportFiles

/// A source in memory, in chunks of one size.
final class MemorySource: ByteSource {
    let entryName: String? = "memory.json"
    private let bytes: [UInt8]
    private let chunkSize: Int
    private let failure: ExportFileError?

    init(_ bytes: [UInt8], chunkSize: Int = 7, failure: ExportFileError? = nil) {
        self.bytes = bytes
        self.chunkSize = chunkSize
        self.failure = failure
    }

    convenience init(_ text: String) {
        self.init(Array(text.utf8))
    }

    func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        for start in stride(from: 0, to: bytes.count, by: chunkSize) {
            try Array(bytes[start..<min(start + chunkSize, bytes.count)]).withUnsafeBytes(body)
        }
        if let failure { throw failure }
    }
}
