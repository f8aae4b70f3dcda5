import CSVImporter
import Foundation
import ImportDomain
import ZipFixtures

/// Reads a file with an importer and returns its output.
func read(_ importer: some Importer, bytes: [UInt8], named name: String = "upload") throws -> RecordingOutput {
    let output = RecordingOutput()
    try read(importer, bytes: bytes, named: name, into: output)
    return output
}

/// Reads a file with an importer into an output.
func read(_ importer: some Importer, bytes: [UInt8], named name: String, into output: RecordingOutput) throws {
    let path = NSTemporaryDirectory() + "ferry-csv-" + UUID().uuidString
    try Data(bytes).write(to: URL(filePath: path))
    defer { unlink(path) }
    try importer.read(ImportFile(path: path, name: name), into: output)
}

/// Reads an archive of texts.
func readArchive(_ entries: [(name: String, text: String)]) throws -> RecordingOutput {
    try read(CSVImporter(), bytes: StoredZip(files: entries.map { ($0.name, Array($0.text.utf8)) }).bytes)
}

/// Reads an archive with one file of messages in the folder `quay`, which `channels.csv` lists.
func readMessages(_ bytes: [UInt8]) throws -> RecordingOutput {
    let zip = StoredZip(files: [
        ("users.csv", Array("mara,mara@example.org,Mara Vale\nodo,odo@example.org,Odo\n".utf8)),
        ("channels.csv", Array("quay,mara,private,mara;odo\n".utf8)), ("quay/1.csv", bytes),
    ])
    return try read(CSVImporter(), bytes: zip.bytes)
}

/// The same for text.
func readMessages(_ text: String) throws -> RecordingOutput { try readMessages(Array(text.utf8)) }

/// The bytes of a file in the folder of fixtures.
func fixture(_ path: String) throws -> [UInt8] {
    guard let folder = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(path)")))
}
