import ExportFiles
import Testing

@Suite("Given an error of an export file")
struct ExportFileErrorTests {
    @Test func `when it is described, then code, place and sentence are named`() {
        let error = ExportFileError(.damaged, "It is cut off.", entry: "users.json", line: 3)

        let text = String(describing: error)

        #expect(text == "importer-file-damaged (users.json, line 3): It is cut off.")
    }
}
