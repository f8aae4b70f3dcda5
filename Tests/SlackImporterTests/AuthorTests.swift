import ImportDomain
import Testing

@Suite("Given messages by people and programs")
struct AuthorTests {
    private static let bot =
        #"{"id":"U9","name":"deploy","is_bot":true,"profile":{"real_name":"Deploy","bot_id":"B9"}}"#

    private static func read(_ message: String, users: [String] = []) throws -> RecordingOutput {
        var export = SmallExport()
        export.users += users
        export.messages = [message]
        return try export.read()
    }

    @Test func `when a bot's message names only the bot id, then the bot's user wrote it`() throws {
        let output = try Self.read(
            #"{"subtype":"bot_message","bot_id":"B9","username":"ci","ts":"1.1","text":"a"}"#, users: [Self.bot])

        #expect(output.messages.map(\.authorID) == ["U9"])
        #expect(output.messages.map(\.alias) == ["ci"])
        #expect(output.findings(.userPlaceholder).isEmpty)
    }

    @Test func `when no file describes a bot, then a deactivated bot stands in for it`() throws {
        let output = try Self.read(
            #"{"bot_id":"B404","bot_profile":{"id":"B404","name":"Git Hub"},"ts":"1.1","text":"a"}"#)

        #expect(output.messages.map(\.authorID) == ["B404"])
        #expect(output.messages.map(\.alias) == ["Git Hub"])
        #expect(output.messages.map(\.isBot) == [true])
        let user = try #require(output.user("B404"))
        #expect(user.username == "git.hub")
        #expect(user.name == "Git Hub")
        #expect(user.isDeleted)
        #expect(user.type == "bot")
        #expect(user.roles == ["bot"])
        #expect(user.emails.isEmpty)
        #expect(output.findings(.userPlaceholder).map(\.value) == ["B404"])
    }

    @Test func `when no file describes a person, then the message's values are used`() throws {
        let output = try Self.read(
            #"{"user":"U404","ts":"1.1","text":"a","user_profile":{"name":"zoe","real_name":"Zoë Z","display_name":"z"}}"#
        )

        let user = try #require(output.user("U404"))
        #expect(output.messages.map(\.authorID) == ["U404"])
        #expect(user.username == "zoe")
        #expect(user.name == "Zoë Z")
        #expect(user.isDeleted)
        #expect(user.type == "user")
        #expect(user.roles.isEmpty)
    }

    @Test func `when nothing is known of a person, then the id is the username`() throws {
        let output = try Self.read(#"{"user":"U404","ts":"1.1","text":"a"}"#)

        #expect(output.user("U404")?.username == "u404")
    }

    @Test func `when a placeholder's name is taken, then it ends in the id`() throws {
        let output = try Self.read(#"{"user":"U404","ts":"1.1","text":"a","user_profile":{"name":"Ann"}}"#)

        #expect(output.user("U404")?.username == "Ann-u404")
    }

    @Test func `when many messages name an unknown person, then there is one account`() throws {
        let output = try SmallExport.read(
            #"{"user":"U404","ts":"1.1","text":"a","user_profile":{"name":"old"}}"#,
            #"{"user":"U404","ts":"2.1","text":"b","user_profile":{"name":"new"}}"#, #"{"user":"U404","ts":"3.1"}"#)

        #expect(output.users.count == 3)
        #expect(output.user("U404")?.username == "new")
        #expect(output.findings(.userPlaceholder).count == 1)
    }

    @Test(arguments: [
        #"{"ts":"1.1","text":"a"}"#, #"{"user":null,"ts":"1.1","text":"a"}"#, #"{"user":"","ts":"1.1","text":"a"}"#,
        #"{"user":"USLACKBOT","ts":"1.1","text":"a"}"#,
    ])
    func `when nobody wrote it, or Slack itself, then the system did`(message: String) throws {
        let output = try Self.read(message)

        #expect(output.messages.map(\.authorID) == ["rocket.cat"])
        #expect(output.users.count == 2)
    }

    @Test func `when an old webhook has only a name, then the system shows it`() throws {
        let output = try Self.read(#"{"subtype":"bot_message","username":"jenkins","ts":"1.1","text":"a"}"#)

        #expect(output.messages.map(\.authorID) == ["rocket.cat"])
        #expect(output.messages.map(\.alias) == ["jenkins"])
    }

    @Test func `when another tool wrote names in place of ids, then the names count`() throws {
        let output = try SmallExport.read(#"{"user":"bob","ts":"1.1","text":"a"}"#, #"{"user":"kim","ts":"1.2"}"#)

        #expect(output.messages.map(\.authorID) == ["U2", "kim"])
        #expect(output.user("kim")?.username == "kim")
    }

    @Test func `when a person posts through a program, then it stays their message`() throws {
        let output = try Self.read(#"{"user":"U1","bot_id":"B404","bot_profile":{"name":"App"},"ts":"1.1","text":"a"}"#)

        #expect(output.messages.map(\.authorID) == ["U1"])
        #expect(output.messages.map(\.alias) == [nil])
    }
}
