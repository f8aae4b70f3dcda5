import ImportDomain
import Testing

@Suite("Given a finding about long texts")
struct FindingLimitTests {
    @Test func `when it is made, then each of its texts is cut to its bytes, at a character`() {
        let long = String(repeating: "ä", count: 100_000)
        let marks = "a" + String(repeating: "\u{301}", count: 100_000)

        let finding = ImportFinding(
            .warning, .valueReplaced, entry: long, field: long, value: marks, message: long)

        #expect((finding.entry?.utf8.count ?? .max) <= ImportFinding.entryBytes)
        #expect((finding.field?.utf8.count ?? .max) <= ImportFinding.fieldBytes)
        #expect((finding.value?.utf8.count ?? .max) <= ImportFinding.valueBytes)
        #expect(finding.message.utf8.count <= ImportFinding.messageBytes)
        #expect(finding.message.hasSuffix("ä…"))
        #expect(finding.sizeBytes < 5_000)
    }

    @Test func `when a file's address is needed no longer, then user, password and query are gone`() {
        let file = OperationFile(
            id: FileID("f"), name: "export.zip",
            sourceURL: "https://ann:secret@files.example.com/a/export.zip?token=xyz#f")

        #expect(file.withoutSecrets.sourceURL == "https://files.example.com/a/export.zip")
    }
}
