import ImportDomain
import Testing

@testable import CSVImporter

@Suite("Given the people of a file")
struct PeopleTests {
    private func person(_ people: inout People, _ name: String) throws -> NamedPerson? {
        try Array(name.utf8).withUnsafeBytes { try people.person($0) }
    }

    @Test func `when a name differs from the users file in letter case only, then it is the same person`() throws {
        var people = People()
        try people.add(username: "Mara")
        try people.add(username: "Zoë")

        let ascii = try person(&people, " mARA ")
        let other = try person(&people, "ZOE\u{0308}")

        #expect(ascii?.importID == "Mara")
        #expect(other?.importID == "Zoë")
        #expect(ascii?.isNewStranger == false)
    }

    @Test func `when somebody is not in the users file, then they keep their spelling and are new once`() throws {
        var people = People()

        let first = try person(&people, "Odo")
        let second = try person(&people, "Odo ")
        let other = try person(&people, "odo")

        #expect([first?.importID, second?.importID, other?.importID] == ["Odo", "Odo", "odo"])
        #expect([first?.isNewStranger, second?.isNewStranger, other?.isNewStranger] == [true, false, true])
        #expect(first?.number == second?.number)
    }

    @Test func `when a cell is empty, then it names nobody`() throws {
        var people = People()

        let nobody = try person(&people, " \t")

        #expect(nobody == nil)
    }

    @Test func `when there are thousands of names, then each is found again`() throws {
        var people = People()
        for number in 0..<5000 { try people.add(username: "User-\(number)") }

        for number in 0..<5000 {
            let found = try person(&people, "user-\(number)")
            #expect(found?.importID == "User-\(number)")
            #expect(found?.number == UInt32(number))
        }
    }

    @Test func `when there are more strangers than the limit, then the file is refused with the limit`() throws {
        var people = People(maximumStrangers: 2)
        _ = try person(&people, "one")
        _ = try person(&people, "two")

        let failure = #expect(throws: ImportFileFailure.self) { try person(&people, "three") }

        #expect(failure?.code == .limitExceeded)
        #expect(failure?.message.contains("2 authors") == true)
    }
}
