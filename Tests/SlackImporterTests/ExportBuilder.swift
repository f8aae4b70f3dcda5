import ZipFixtures

/// Builds an archive in memory, entry by entry.
struct ExportBuilder {
    private var entries: [(name: String, content: [UInt8])] = []

    /// Adds an entry.
    mutating func add(_ name: String, _ content: String) { add(name, Array(content.utf8)) }

    /// Adds an entry of any bytes.
    mutating func add(_ name: String, _ content: [UInt8]) { entries.append((name, content)) }

    /// Brings the entries into another order.
    mutating func shuffle(using generator: inout some RandomNumberGenerator) { entries.shuffle(using: &generator) }

    /// The archive.
    var bytes: [UInt8] { StoredZip(files: entries).bytes }
}
