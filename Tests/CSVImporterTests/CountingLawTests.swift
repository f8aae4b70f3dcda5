import CSVImporter
import ImportDomain
import RandomNumbers
import Testing

@Suite("Given archives with random faults")
struct CountingLawTests {
    /// A row of messages, and whether it is valid.
    private static let rows: [(text: String, isSound: Bool)] = [
        ("mara,1514764800000,hi", true), ("odo,2018-01-01T00:00:00Z,\"a, b\"", true), ("zed,1514764800,", true),
        ("mara,1514764800000,\"two\nlines\"", true), ("MARA,1514764800000.5,@odo @all", true),
        ("mara,soon,hi", false), (",1514764800000,hi", false), ("mara,1514764800000,a,b", false),
        ("mara", false), ("mara,1514764800000", false), ("mara,1.5E+12,hi", false), ("mara,42401.5,hi", false),
        ("mara,1514764800000,\"a\" b", false),
    ]

    @Test(arguments: 0..<40)
    func `when any of them is read, then each row is a record or a finding with its line`(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var entries: [(name: String, text: String)] = [("users.csv", "mara,,\nodo,,\n")]
        var sound = 2
        var refused: Set<String> = []
        for folder in 0..<Int.random(in: 1...4, using: &generator) {
            let name = "room\(folder)/1.csv"
            var text = "mara,1514764800000,first\n"
            var line = 2
            sound += 1
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                let row = Self.rows[Int.random(in: 0..<Self.rows.count, using: &generator)]
                text += row.text + ["\n", "\r\n", "\n\n"][line % 3]
                if row.isSound { sound += 1 } else { refused.insert("\(name):\(line)") }
                line += row.text.count { $0 == "\n" } + (line % 3 == 2 ? 2 : 1)
            }
            entries.append((name, text))
        }

        let output = try readArchive(entries.shuffled(using: &generator))

        #expect(output.users.count + output.messages.count == sound)
        #expect(Set(output.refusals.map { "\($0.entry ?? ""):\($0.position ?? 0)" }) == refused)
        #expect(output.refusals.count == refused.count)
        #expect(Set(output.messages.map(\.id)).count == output.messages.count)
    }
}
