import CSVImporter
import ImportDomain
import Testing

@Suite("Given a file of contacts")
struct ContactTests {
    private func read(_ text: String) throws -> RecordingOutput {
        try CSVImporterTests.read(OmnichannelContactImporter(), bytes: Array(text.utf8))
    }

    @Test func `when a row is read, then known columns are taken and others become custom fields`() throws {
        let output = try read(
            "id,Name,Emails,phones,manager,Shoe Size,\nC1,Ute,a@example.org; b@example.org;,+49 1;,mara,44,x\n")

        #expect(
            output.contacts
                == [
                    ContactRecord(
                        importIDs: ["C1"], name: "Ute", emails: ["a@example.org", "b@example.org"], phones: ["+49 1"],
                        managerUsername: "mara", customFields: #"{"Shoe Size":"44","column6":"x"}"#)
                ])
    }

    @Test func `when rows have no id, then each has one of its own, the same every time`() throws {
        let text = "name,emails\nUte,u@example.org\nUte,u@example.org\nIda,\n"

        let first = try read(text)
        let second = try read(text)

        #expect(Set(first.contacts.flatMap(\.importIDs)).count == 3)
        #expect(first.contacts == second.contacts)
        #expect(first.contacts.allSatisfy { $0.importIDs.allSatisfy { $0.hasPrefix("csv-") } })
    }

    @Test func `when a row has neither name nor address nor phone, then it is left out by rule`() throws {
        let output = try read("name,emails,phones,note\nUte,,,x\n,;,,y\n")

        #expect(output.contacts.map(\.name) == ["Ute"])
        #expect(output.findings.map(\.code) == [.recordIgnored])
        #expect(output.findings.map(\.severity) == [.info])
    }

    @Test(arguments: [
        "mara,m@example.org,Mara\nodo,o@example.org,Odo\n", "username,email,name\nmara,m@example.org,Mara\n",
        SlackUsersTests.header + "kim,k@example.org,Deactivated,0,0,0,U2,Kim,kim,\n",
        "from,to,time,text\na,b,1514764800000,x\n",
    ])
    func `when it is another table, then it is rejected`(text: String) throws {
        let failure = #expect(throws: ImportFileFailure.self) { try read(text) }

        #expect(failure?.code == .unrecognized)
    }

    @Test func `when values are beyond their limits, then they are cut or left out with a finding`() throws {
        let name = String(repeating: "é", count: 300)
        let addresses = (0..<101).map { "a\($0)@example.org" }.joined(separator: ";")

        let output = try read("name,emails\n\(name),\(addresses)\n")

        #expect(output.contacts.first?.name == String(repeating: "é", count: 256))
        #expect(output.contacts.first?.emails.count == 100)
        #expect(output.findings.map(\.code) == [.limitExceeded, .limitExceeded])
    }

    @Test func `when no row is left, then the file is rejected`() throws {
        let failure = #expect(throws: ImportFileFailure.self) { try read("name,emails\n,\n") }

        #expect(failure?.code == .empty)
    }
}
