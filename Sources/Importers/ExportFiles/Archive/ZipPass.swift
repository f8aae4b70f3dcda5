internal import CZlib

/// One reading of a zip archive whose entries are stored or deflated, in the order of its list.
///
/// libarchive keeps a description of each entry in memory as long as it reads, converts the date and name of each, and
/// reads an archive with a broken entry again from its beginning. Exports have hundreds of thousands of entries, so this
/// reads them itself: the list in parts, the data through zlib.
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.4.
final class ZipPass: ArchivePass {
    /// Methods of compression.
    static let stored: UInt16 = 0
    static let deflated: UInt16 = 8

    /// Bytes of the file, and unpacked bytes, that are in memory.
    static let bufferBytes = 1 << 18

    /// How far the data of the current entry is read.
    private enum Progress {
        case notBegun
        case reading
        /// All data has been returned; what was announced is not compared yet.
        case unpacked
        /// What is left cannot be used; what came before has been returned.
        case broken(ZipFault)
        case ended
    }

    let isDead = false
    private(set) var fileBytesRead: Int64 = 0
    private let file: FileBytes
    private var records: ZipRecords
    private var record: ZipRecord?
    private var progress = Progress.ended
    /// The bytes of the file in memory begin here.
    private var windowStart: Int64 = 0
    private var windowCount = 0
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 16)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 16)
    /// zlib keeps the address of its state.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// Where the rest of the packed data is in the file.
    private var position: Int64 = 0
    private var packedBytesLeft: Int64 = 0
    private var unpackedBytes: Int64 = 0
    private var checksum: UInt = 0
    /// What the entry unpacks to: as it says itself or, where it does not, as the list says.
    private var expected: (bytes: Int64, checksum: UInt32) = (0, 0)

    /// Opens an archive.
    ///
    /// - Throws: `damaged`.
    init(path: String, limits: ExportFileLimits) throws(ExportFileError) {
        file = try FileBytes(path: path)
        records = try ZipDirectory(file: file, limits: limits).records()
        stream.initialize(to: z_stream())
        // Without a header: zip has its own.
        let status = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw ExportFileError(.damaged, "There is no memory to read it.") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        window.deallocate()
        output.deallocate()
    }

    func next() throws(ExportFileError) -> ArchiveHeader? { try nextRecord()?.header }

    /// Goes to the next entry; the record leads back to it.
    func nextRecord() throws(ExportFileError) -> (header: ArchiveHeader, record: ZipRecord)? {
        guard let record = try records.next() else {
            self.record = nil
            return nil
        }
        go(to: record)
        let header = ArchiveHeader(
            nameBytes: record.name, isRegularFile: record.fileType == 0 || record.fileType == ZipRecord.regularType,
            isFolder: record.fileType == ZipRecord.folderType, isEncrypted: record.isEncrypted, isSparse: false,
            size: record.unpackedBytes)
        return (header, record)
    }

    /// Goes to an entry of the archive; `next` continues behind the one that it returned last.
    func go(to record: ZipRecord) {
        self.record = record
        progress = .notBegun
        // A place behind the list is found out when the entry is read.
        position = max(0, min(record.headerOffset, records.listStart) + records.prefixBytes)
        fileBytesRead = position
    }

    func nextBlock() -> ArchiveBlock {
        guard let record else { return .end }
        do throws(ZipFault) {
            if case .notBegun = progress { try begin(record) }
            if case .reading = progress {
                let block = record.method == Self.stored ? try nextStoredBlock() : try nextInflatedBlock()
                if !block.isEmpty {
                    fileBytesRead = position
                    try account(block)
                    return .data(block)
                }
            }
            if case .broken(let fault) = progress { throw fault }
            if case .unpacked = progress { try compare() }
            return .end
        } catch {
            progress = .ended
            return .broken(UnsafeRawBufferPointer(start: nil, count: 0), reason: error.reason)
        }
    }

    /// Goes to the data of an entry.
    private func begin(_ record: ZipRecord) throws(ZipFault) {
        let head = try bytes(ZipRecord.localHeaderBytes)
        guard head.count >= ZipRecord.localHeaderBytes, head.loadUnaligned(as: UInt32.self).littleEndian == 0x0403_4B50
        else { throw ZipFault("its beginning is missing") }
        let nameBytes = head.loadUnaligned(fromByteOffset: 26, as: UInt16.self).littleEndian
        let extraBytes = head.loadUnaligned(fromByteOffset: 28, as: UInt16.self).littleEndian
        position += Int64(ZipRecord.localHeaderBytes) + Int64(nameBytes) + Int64(extraBytes)
        packedBytesLeft = record.packedBytes ?? 0
        expected = (record.unpackedBytes ?? 0, record.checksum)
        // Bit 3: the sizes stand behind the data. The largest number: they stand in an extra field.
        let flags = head.loadUnaligned(fromByteOffset: 6, as: UInt16.self).littleEndian
        let packed = head.loadUnaligned(fromByteOffset: 18, as: UInt32.self).littleEndian
        let unpacked = head.loadUnaligned(fromByteOffset: 22, as: UInt32.self).littleEndian
        if flags & 1 << 3 == 0, packed != .max, unpacked != .max {
            packedBytesLeft = Int64(packed)
            expected = (Int64(unpacked), head.loadUnaligned(fromByteOffset: 14, as: UInt32.self).littleEndian)
        }
        guard packedBytesLeft <= records.listStart - position else { throw ZipFault("its data is cut off") }
        if record.method == Self.deflated {
            inflateReset(stream)
            stream.pointee.avail_in = 0
        }
        (unpackedBytes, checksum) = (0, 0)
        progress = .reading
    }

    private func nextStoredBlock() throws(ZipFault) -> UnsafeRawBufferPointer {
        let block = try takeBytes()
        if block.isEmpty { progress = .unpacked }
        return block
    }

    private func nextInflatedBlock() throws(ZipFault) -> UnsafeRawBufferPointer {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        while stream.pointee.avail_out > 0, case .reading = progress {
            if stream.pointee.avail_in == 0 {
                let packed = try takeBytes()
                // zlib does not write to its input.
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(packed.count)
            }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK: break
            case Z_STREAM_END where packedBytesLeft == 0 && stream.pointee.avail_in == 0: progress = .unpacked
            case Z_STREAM_END: progress = .broken(ZipFault("its packed size is wrong"))
            case Z_BUF_ERROR: progress = .broken(ZipFault("its data is cut off"))
            default: progress = .broken(ZipFault("its compressed data is invalid"))
            }
        }
        return UnsafeRawBufferPointer(rebasing: output.dropLast(Int(stream.pointee.avail_out)))
    }

    private func account(_ block: UnsafeRawBufferPointer) throws(ZipFault) {
        unpackedBytes += Int64(block.count)
        guard unpackedBytes <= expected.bytes else { throw ZipFault("it unpacks to more than announced") }
        checksum = crc32_z(checksum, block.baseAddress?.assumingMemoryBound(to: UInt8.self), block.count)
    }

    private func compare() throws(ZipFault) {
        guard unpackedBytes == expected.bytes else { throw ZipFault("it unpacks to less than announced") }
        guard checksum == UInt(expected.checksum) else { throw ZipFault("its checksum is wrong") }
        progress = .ended
    }

    /// Takes the next packed bytes of the entry, as many as are in memory; none at the end.
    private func takeBytes() throws(ZipFault) -> UnsafeRawBufferPointer {
        guard packedBytesLeft > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let available = try bytes(1)
        guard !available.isEmpty else { throw ZipFault("its data is cut off") }
        let taken = available.prefix(Int(min(packedBytesLeft, Int64(available.count))))
        position += Int64(taken.count)
        packedBytesLeft -= Int64(taken.count)
        return UnsafeRawBufferPointer(rebasing: taken)
    }

    /// The bytes of the file from the position on; fewer than so many only at its end.
    private func bytes(_ minimum: Int) throws(ZipFault) -> UnsafeRawBufferPointer {
        if position < windowStart || position + Int64(minimum) > windowStart + Int64(windowCount) {
            do throws(ExportFileError) {
                windowCount = try file.read(at: position, into: window)
            } catch {
                windowCount = 0
                throw ZipFault("the file cannot be read")
            }
            windowStart = position
        }
        return UnsafeRawBufferPointer(rebasing: window[Int(position - windowStart)..<windowCount])
    }
}

/// Why the data of an entry cannot be used.
private struct ZipFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
