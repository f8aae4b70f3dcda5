import CSVImporter
import ImportDomain
import Testing

@Suite("Given files by others")
struct RealFilesTests {
    @Test func `when Rocket.Chat's own test archive is read, then all of it is there`() throws {
        let output = try read(CSVImporter(), bytes: fixture("rocketchat/csv_import.zip"))

        #expect(output.users.map(\.username) == ["billy.bob", "billy.joe"])
        #expect(output.users.map(\.emails) == [["billy.bob@example.com"], ["billy.joe@example.com"]])
        #expect(output.users.map(\.name) == ["Billy Bob Jr.", "Billy Joe Jr."])
        #expect(output.rooms.count { $0.kind == .privateGroup } == 2)
        #expect(output.rooms.count { $0.kind == .channel } == 2)
        #expect(output.rooms.filter { $0.kind == .direct }.map(\.importIDs) == [["billy.bob/billy.joe"]])
        #expect(output.rooms.filter { $0.kind != .direct }.reduce(0) { $0 + $1.memberIDs.count } == 4)
        #expect(output.messages.map(\.text) == ["this is a test message", "this is another message, a test message"])
        #expect(output.findings.isEmpty)
    }

    @Test func `when Rocket.Chat's own member list is read, then its three users are there`() throws {
        let output = try read(SlackUsersImporter(), bytes: fixture("rocketchat/slack_export_users.csv"))

        #expect(output.users.map(\.username) == ["user4.test", "user5.test", "user6.test"])
        #expect(output.users.first?.importIDs == ["U03TVFGMHUY", "user4@email.com.br"])
        #expect(output.refusals.isEmpty)
    }

    @Test func `when five thousand people of the world are read, then everybody is there`() throws {
        let output = try read(CSVImporter(), bytes: fixture("people/people-users.csv"), named: "people-users.csv")

        #expect(output.users.count == 5000)
        #expect(output.users.count { $0.name?.utf8.contains { $0 >= 0x80 } == true } == 2617)
        #expect(Set(output.users.map(\.username)).count == 5000)
        #expect(output.findings.isEmpty)
    }

    @Test func `when they are read as members of Slack, then their states are, too`() throws {
        let output = try read(SlackUsersImporter(), bytes: fixture("people/people-slack-members.csv"))

        #expect(output.users.count == 5000)
        #expect(output.users.count(where: \.isDeleted) == 250)
        #expect(output.users.count { $0.type == "bot" } == 20)
        #expect(output.users.allSatisfy { $0.roles.isEmpty || $0.roles == ["bot"] })
        #expect(output.findings.count { $0.value == "Admin" } == 10)
        #expect(output.refusals.isEmpty)
    }
}
