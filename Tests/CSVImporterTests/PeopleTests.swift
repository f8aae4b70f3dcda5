import ImportDomain
import Testing

@testable import CSVImporter
@testable import ImporterKit

@Suite("Given the people of a file")
struct PeopleTests {
    private func person(_ people: inout CSVPeople, _ name: String) throws -> CSVPeople.Person? {
        try Array(name.utf8).withUnsafeBytes { try people.person($0) }
    }

    @Test func `when a name differs from the users file in letter case only, then it is the same person`() throws {
        var people = CSVPeople()
        try people.add(username: "Mara")
        try people.add(username: "Zoë")

        let ascii = try person(&people, " mARA ")
        let other = try person(&people, "ZOE\u{0308}")

        #expect(ascii?.importID == "Mara")
        #expect(other?.importID == "Zoë")
        #expect(ascii?.isNewStranger == false)
    }

    @Test func `when somebody is not in the users file, then they keep their spelling and are new once`() throws {
        var people = CSVPeople()

        let first = try person(&people, "Odo")
        let second = try person(&people, "Odo ")
        let other = try person(&people, "odo")

        #expect([first?.importID, second?.importID, other?.importID] == ["Odo", "Odo", "odo"])
        #expect([first?.isNewStranger, second?.isNewStranger, other?.isNewStranger] == [true, false, true])
        #expect(first?.number == second?.number)
    }

    @Test func `when a cell is empty, then it names nobody`() throws {
        var people = CSVPeople()

        let nobody = try person(&people, " \t")

        #expect(nobody == nil)
    }

    @Test func `when there are thousands of names, then each is found again`() throws {
        var people = CSVPeople()
        for number in 0..<5000 { try people.add(username: "User-\(number)") }

        for number in 0..<5000 {
            let found = try person(&people, "user-\(number)")
            #expect(found?.importID == "User-\(number)")
            #expect(found?.number == UInt32(number))
        }
    }

    @Test func `when there are more strangers than the limit, then the file is rejected with the limit`() throws {
        var people = CSVPeople(maximumStrangers: 2)
        _ = try person(&people, "one")
        _ = try person(&people, "two")

        let failure = #expect(throws: ImportFileFailure.self) { try person(&people, "three") }

        #expect(failure?.code == .limitExceeded)
        #expect(failure?.message.contains("2 authors") == true)
    }
}

@Suite("Given a table of names")
struct NameTableTests {
    /// The number of comparisons while adding these names, each three times.
    private static func comparisons(_ count: Int, _ name: (Int) -> String) -> (names: Int, comparisons: Int) {
        var table = NameTable()
        for _ in 0..<3 {
            for number in 0..<count {
                var name = name(number)
                _ = name.withUTF8 { bytes in
                    SourceName.withFolded(UnsafeRawBufferPointer(bytes)) { table.insert($0) }
                }
            }
        }
        return (table.count, table.comparisonCount)
    }

    @Test func `when names differ in their last characters only, then twice as many take twice the work`() {
        let name: (Int) -> String = { String(repeating: "x", count: 200) + "\($0)" }

        let small = Self.comparisons(2_000, name)
        let large = Self.comparisons(4_000, name)

        #expect(small.names == 2_000)
        #expect(large.names == 4_000)
        // Each is looked up twice.
        #expect(small.comparisons >= 4_000)
        #expect(large.comparisons < small.comparisons * 5 / 2)
    }

    @Test func `when names collide in letter case or composition, then twice as many take twice the work`() {
        let spellings = ["Zoë", "zoë", "ZOË", "Zoe\u{308}", "zoe\u{308}"]
        let name: (Int) -> String = { spellings[$0 % spellings.count] }

        let small = Self.comparisons(2_000, name)
        let large = Self.comparisons(4_000, name)

        #expect(small.names == 1)
        #expect(large.names == 1)
        #expect(small.comparisons == 3 * 2_000 - 1)
        #expect(large.comparisons == 3 * 4_000 - 1)
    }
}
