import CSVImporter
import ImportDomain
import Testing

@Suite("Given a file of messages")
struct MessageTableTests {
    @Test(arguments: [
        "time,username,text\n1514764800000,mara,hello\n", "Text;From;Time-Stamp\nhello;mara;1514764800000\n",
        "username\ttimestamp\tmessage\nmara\t1514764800000\thello", "author|date|text\nmara|2018-01-01T00:00:00Z|hello",
    ])
    func `when columns have names, then they are found by them`(text: String) throws {
        let output = try readMessages(text)

        #expect(output.messages.map(\.text) == ["hello"])
        #expect(output.messages.map(\.authorID) == ["mara"])
        #expect(output.messages.map(\.writtenAt) == [Timestamp(milliseconds: 1_514_764_800_000)])
        #expect(output.findings.isEmpty)
    }

    @Test(arguments: [
        ("mara,soon,hi", "quay/1.csv:1 time"), ("mara,,hi", "quay/1.csv:1 time"),
        ("mara,1.4543E+12,hi", "quay/1.csv:1 time"), ("mara,02/01/2016,hi", "quay/1.csv:1 time"),
        (",1514764800000,hi", "quay/1.csv:1 username"), ("mara,1514764800000", "quay/1.csv:1 row"),
        ("mara,1514764800000,hi, there", "quay/1.csv:1 row"),
        ("mara,1514764800000,\"hi\" there", "quay/1.csv:1 row"),
    ])
    func `when a row is invalid, then it is rejected by its line and the next one is read`(
        row: String, line: String
    ) throws {
        let output = try readMessages(row + "\nodo,1514764800000,\"fine, really\"\n")

        #expect(output.refusedLines == [line])
        #expect(output.messages.map(\.text) == ["fine, really"])
    }

    @Test func `when the text is empty, then the message is kept`() throws {
        let output = try readMessages("mara,1514764800000,\n")

        #expect(output.messages.map(\.text) == [""])
    }

    @Test func `when white space surrounds a text, then it stays`() throws {
        let output = try readMessages("mara,1514764800000,  hi\t \n")

        #expect(output.messages.map(\.text) == ["  hi\t "])
    }

    @Test func `when rows are equal, then each is a message of its own`() throws {
        let output = try readMessages(String(repeating: "mara,1514764800000,hi\n", count: 3))

        #expect(Set(output.messages.map(\.id)).count == 3)
    }

    @Test func `when equal rows stand in two files, then they are one message`() throws {
        let output = try readArchive([
            ("quay/1.csv", "mara,1514764800000,hi\nodo,1514764801000,yes\n"),
            ("quay/2.csv", "odo,1514764801000,yes\nmara,1514764802000,bye\n"),
        ])

        #expect(output.messages.count == 4)
        #expect(Set(output.messages.map(\.id)).count == 3)
    }

    @Test func `when times have no zone, then there is one warning for the file`() throws {
        let output = try readMessages("mara,2018-01-01 00:00:00,a\nmara,2018-01-01T00:00:01Z,b\nmara,2018-01-01,c\n")
        let warnings = output.findings.filter { $0.field == "time" }

        #expect(warnings.map(\.count) == [2])
        #expect(warnings.map(\.position) == [1])
        #expect(output.messages.first?.writtenAt == Timestamp(milliseconds: 1_514_764_800_000))
    }

    @Test(arguments: [("mara,17,a\nodo,18,b\n", 1), ("mara,17,a\nodo,1514764800000,b\n", 0)])
    func `when all times lie before 1990, then there is a warning`(text: String, count: Int) throws {
        let output = try readMessages(text)

        #expect(output.findings.count { $0.field == "time" } == count)
    }

    @Test func `when a direct message has no receiver, then it is rejected`() throws {
        let output = try readArchive([
            ("directmessages/1.csv", "mara,,1514764800000,hi\nmara,odo,1514764800000,psst\n")
        ])

        #expect(output.refusedLines == ["directmessages/1.csv:1 to"])
        #expect(output.messages.map(\.text) == ["psst"])
    }

    @Test(.timeLimit(.minutes(10)))
    func `when a field has a hundred megabytes, then its row is rejected and the next one is read`() throws {
        var bytes = Array("room,username,time,text\nquay,mara,1514764800000,\"".utf8)
        bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 100 << 20)
        bytes += Array("\"\nquay,odo,1514764800000,fine\n".utf8)

        let output = try read(CSVImporter(), bytes: bytes)

        #expect(output.refusals.first?.position == 2)
        #expect(output.messages.map(\.text) == ["fine"])
    }
}
