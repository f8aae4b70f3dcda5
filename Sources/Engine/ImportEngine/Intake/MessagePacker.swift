import ImportDomain
import JSON

/// The content of one pack, not compressed yet.
struct MessageLines: Sendable {
    let bytes: [UInt8]
    let count: Int
}

/// Writes messages, one JSON text a line, into packs of a good size.
struct MessagePacker {
    /// A pack is complete with so many bytes, whatever the number of its messages.
    private static let packBytes = 1 << 20

    private var line = JSONWriter()
    private var bytes: [UInt8] = []
    private var count = 0
    private var packs: [MessageLines] = []

    /// How many packs are complete.
    var packCount: Int { packs.count }

    /// How many bytes are in complete packs.
    private(set) var packedBytes = 0

    /// Whether any pack is complete.
    var hasPacks: Bool { !packs.isEmpty }

    /// Adds a message.
    mutating func add(_ message: MessageRecord) {
        line.removeAll(keepingCapacity: true)
        MessageDocument.write(message, to: &line)
        if count > 0 { bytes.append(0x0A) }
        bytes.append(contentsOf: line.bytes)
        count += 1
        if count >= RecordPack.capacity || bytes.count >= Self.packBytes { close() }
    }

    /// Makes a pack of what is left.
    mutating func close() {
        guard count > 0 else { return }
        packs.append(MessageLines(bytes: bytes, count: count))
        packedBytes += bytes.count
        bytes = []
        bytes.reserveCapacity(Self.packBytes / 2)
        count = 0
    }

    /// Takes the complete packs away.
    mutating func take() -> [MessageLines] {
        defer { (packs, packedBytes) = ([], 0) }
        return packs
    }
}
