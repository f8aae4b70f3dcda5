import ImportDomain
import Testing

@Suite("Given the users of an export")
struct UserTests {
    private static func read(_ users: String...) throws -> RecordingOutput {
        var export = SmallExport()
        export.users += users
        return try export.read()
    }

    @Test func `when one has everything, then the record has it`() throws {
        let output = try Self.read(
            #"{"id":"U3","name":"cem","deleted":true,"tz_offset":19800,"is_admin":true,"is_owner":true,"profile":{"#
                + #""real_name":"Cem C","email":"c@x.org","image_original":"https://x.org/o.png","title":"Engineer","#
                + #""image_512":"https://x.org/5.png","status_text":"away"}}"#)

        #expect(
            output.user("U3")
                == UserRecord(
                    importIDs: ["U3"], emails: ["c@x.org"], username: "cem", name: "Cem C", utcOffset: 5.5,
                    avatarURL: "https://x.org/o.png", isDeleted: true, statusText: "away", roles: [], type: "user",
                    bio: "Engineer"))
    }

    @Test(arguments: [
        (#""real_name":"R","profile":{"display_name":"D"}"#, "R"), (#""profile":{"display_name":"D"}"#, "D"),
        (#""profile":{"real_name":""}"#, "n"), (#""profile":null"#, "n"), (#""real_name":"R""#, "R"),
    ])
    func `when a name is missing, then the next best is used`(members: String, name: String) throws {
        let output = try Self.read(#"{"id":"U3","name":"n",\#(members)}"#)

        #expect(output.user("U3")?.name == name)
    }

    @Test(
        arguments: [
            (#""image_512":"https://x.org/5.png""#, nil),
            (#""image_512":"https://x.org/5.png","is_custom_image":true"#, "https://x.org/5.png"),
            (#""image_original":"file:///etc/passwd""#, nil),
        ] as [(String, String?)])
    func `when there is an avatar, then only an uploaded one is used`(profile: String, avatar: String?) throws {
        let output = try Self.read(#"{"id":"U3","name":"n","profile":{\#(profile)}}"#)

        #expect(output.user("U3")?.avatarURL == avatar)
    }

    @Test(arguments: [("0", 0), ("-28800", -8), ("null", nil), ("99999999", nil)] as [(String, Double?)])
    func `when a time zone is given, then it counts in hours`(seconds: String, hours: Double?) throws {
        #expect(try Self.read(#"{"id":"U3","name":"n","tz_offset":\#(seconds)}"#).user("U3")?.utcOffset == hours)
    }

    @Test func `when one is a program, then it is a bot`() throws {
        let output = try Self.read(#"{"id":"U3","name":"n","is_bot":true}"#)

        #expect(output.user("U3")?.type == "bot")
        #expect(output.user("U3")?.roles == ["bot"])
    }

    @Test(
        arguments: [
            (#""real_name":"Ana Soto","display_name":"Ani""#, "Ani"), (#""real_name":"Ana","display_name":"Ana""#, nil),
            (#""real_name":"Ana","display_name":" ""#, nil), (#""display_name":"Ani""#, nil),
        ] as [(String, String?)])
    func `when the display name differs from the name, then it is the nickname`(
        profile: String, nickname: String?
    ) throws {
        let output = try Self.read(#"{"id":"U3","name":"n","profile":{\#(profile)}}"#)

        #expect(output.user("U3")?.nickname == nickname)
    }

    @Test(
        arguments: [
            (#""pronouns":"she/her""#, #"{"pronouns":"she/her"}"#),
            (
                #""fields":{"Xf1":{"value":"Quay 3","alt":"","label":"Desk"},"Xf2":{"value":"https://x.org","alt":"x"}}"#,
                #"{"Desk":"Quay 3","Xf2":"x (https://x.org)"}"#
            ), (#""fields":[{"label":"Desk","value":"7"}],"pronouns":"they""#, #"{"pronouns":"they","Desk":"7"}"#),
            (
                #""skype":"ann.a","fields":[{"label":"Desk","value":"7"}],"phone":"+49 1","pronouns":"they""#,
                #"{"pronouns":"they","phone":"+49 1","skype":"ann.a","Desk":"7"}"#
            ), (#""phone":" ","skype":null"#, nil), (#""fields":[]"#, nil), (#""fields":null,"pronouns":"""#, nil),
            (#""fields":{"Xf1":{"value":""}}"#, nil),
        ] as [(String, String?)])
    func `when a profile has pronouns, phone, Skype name or fields, then they are custom fields`(
        profile: String, fields: String?
    ) throws {
        let output = try Self.read(#"{"id":"U3","name":"n","profile":{\#(profile)}}"#)

        #expect(output.user("U3")?.customFields == fields)
    }

    @Test(arguments: [
        (#""is_restricted":true"#, ["guest"]), (#""is_ultra_restricted":true,"is_restricted":false"#, ["guest"]),
        (#""is_restricted":true,"deleted":true"#, ["guest"]), (#""is_restricted":true,"is_bot":true"#, ["guest"]),
        (#""is_restricted":false"#, []),
    ])
    func `when a person is restricted, then they are a guest and a finding reports it`(
        flags: String, roles: [String]
    ) throws {
        let output = try Self.read(#"{"id":"U3","name":"n",\#(flags)}"#)

        #expect(output.user("U3")?.roles == roles)
        #expect(output.findings(.userGuest).map(\.value) == (roles == ["guest"] ? ["U3"] : []))
    }

    @Test(arguments: [("true", "false", []), ("false", "true", ["guest"]), ("true", "true", ["guest"])])
    func `when a guest's closed account and another one are one person, then the open one decides`(
        first: String, second: String, roles: [String]
    ) throws {
        let output = try Self.read(
            #"{"id":"U3","name":"old","deleted":true,"is_restricted":\#(first),"profile":{"email":"k@x.org"}}"#,
            #"{"id":"U4","name":"new","is_restricted":\#(second),"profile":{"email":"k@x.org"}}"#)

        #expect(output.user("U3")?.roles == roles)
    }

    @Test func `when an id has control characters, then findings show replacement characters`() throws {
        let output = try Self.read(#"{"id":"U3\u001b[2J","name":"cem","is_restricted":true}"#)

        #expect(output.findings(.userGuest).map(\.value) == ["U3\u{FFFD}[2J"])
    }

    @Test func `when values go beyond their limits, then what fits is kept and findings report it`() throws {
        let long = String(repeating: "é", count: 20_000)
        let output = try Self.read(
            #"{"id":"U3","name":"\#(long)","profile":{"real_name":"\#(long)","email":"\#(long)","title":"\#(long)"}}"#,
            #"{"id":"\#(long)","name":"x"}"#)

        let user = try #require(output.user("U3"))
        #expect(user.username?.utf8.count == 254)
        #expect(user.name?.utf8.count == 512)
        #expect(user.emails.isEmpty)
        #expect(user.bio?.utf8.count == 16 << 10)
        #expect(output.findings(.limitExceeded).map(\.field) == ["name", "real_name", "email", "title"])
        #expect(output.findings(.recordInvalid).count == 1)
    }

    @Test func `when ids differ in nothing but how a letter is composed, then they are two people`() throws {
        let output = try Self.read(
            #"{"id":"U\u00e9","name":"one"}"#, #"{"id":"Ue\u0301","name":"two"}"#)

        #expect(output.users.map(\.username) == ["ann", "bob", "one", "two"])
        #expect(output.ignoredCount == 0)
    }

    @Test func `when a name is blank, then the next best is used`() throws {
        let output = try Self.read(#"{"id":"U3","name":"n","real_name":"  ","profile":{"real_name":" \t"}}"#)

        #expect(output.user("U3")?.name == "n")
    }

    @Test func `when one id is in several files, then the record has what any of them says`() throws {
        var export = SmallExport()
        export.entries = [
            ("org_users.json", #"[{"id":"U3","name":"cem"}]"#),
            ("teams/a/users.json", #"[{"id":"U3","name":"x","is_restricted":true,"profile":{"title":"t"}}]"#),
        ]

        let output = try export.read()

        #expect(output.user("U3")?.username == "cem")
        #expect(output.user("U3")?.bio == "t")
        #expect(output.user("U3")?.roles == ["guest"])
    }

    @Test func `when Slack's own bot is listed, then it is left out by rule`() throws {
        let output = try Self.read(#"{"id":"USLACKBOT","name":"slackbot"}"#)

        #expect(output.users.count == 2)
        #expect(output.ignoredCount == 1)
    }

    @Test(arguments: [("true", "false", false, "U4"), ("false", "true", false, "U3"), ("true", "true", true, "U3")])
    func `when two ids have one e-mail address, then they are one account`(
        first: String, second: String, isDeleted: Bool, primary: String
    ) throws {
        let output = try Self.read(
            #"{"id":"U3","name":"old","deleted":\#(first),"profile":{"email":"Kim@x.org"}}"#,
            #"{"id":"U4","name":"new","deleted":\#(second),"profile":{"email":"kim@X.org"}}"#)

        #expect(output.users.count == 3)
        let user = try #require(output.user("U3"))
        #expect(user.importIDs.first == primary)
        #expect(Set(user.importIDs) == ["U3", "U4"])
        #expect(user.isDeleted == isDeleted)
        #expect(output.findings(.valueReplaced).map(\.value) == ["U4"])
    }

    @Test func `when two have the same username, then the second one's ends in the id`() throws {
        let output = try Self.read(#"{"id":"U3","name":"Ann"}"#)

        #expect(output.user("U3")?.username == "Ann-u3")
        #expect(output.findings(.valueReplaced).map(\.field) == ["name"])
    }

    @Test(arguments: ["5", "null", "{}", #"{"name":"x"}"#, #"{"id":""}"#, #"{"id":"U1","id":"U2"}"#])
    func `when an element is invalid, then it is one finding and the others are staged`(element: String) throws {
        let output = try Self.read(element, #"{"id":"U3","name":"n"}"#)

        #expect(output.users.count == 3)
        #expect(output.findings(.recordInvalid).map(\.position) == [2])
        #expect(output.findings(.recordInvalid).map(\.entry) == ["users.json"])
    }

    @Test func `when the list of users is missing, then authors get accounts`() throws {
        var builder = ExportBuilder()
        builder.add("channels.json", #"[{"id":"C1","name":"general","members":["U1"]}]"#)
        builder.add("general/2016-02-01.json", #"[{"user":"U2","ts":"1.1","text":"a"}]"#)

        let output = try SmallExport.read(builder)

        #expect(output.users.map(\.importIDs) == [["U1"], ["U2"]])
        #expect(output.messages.count == 1)
    }

    @Test(arguments: [
        #""is_bot":true,"is_restricted":true"#, #""is_bot":true,"is_stranger":true"#, #""is_stranger":true"#,
        #""is_ultra_restricted":1"#, #""is_restricted":"partly""#, #""is_stranger":{}"#, #""is_external":true"#,
    ])
    func `when somebody is restricted or of another workspace, then they are a guest and nothing else`(
        flags: String
    ) throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"gus",\#(flags)}"#)

        let output = try export.read()

        #expect(output.user("U3")?.roles == ["guest"])
        #expect(output.user("U3")?.type == (flags.contains("is_bot") ? "bot" : "user"))
        #expect(output.findings(.userGuest).map(\.value) == ["U3"])
        #expect(output.findings(.userGuest).allSatisfy { $0.message.contains("keeps its roles") })
    }

    @Test func `when a message's author is restricted and no file describes them, then they are a guest`() throws {
        let output = try SmallExport.read(
            #"{"user":"U404","ts":"1.1","text":"a","user_profile":{"name":"zoe","is_restricted":true}}"#,
            #"{"user":"U404","ts":"2.1","text":"a"}"#)

        #expect(output.user("U404")?.roles == ["guest"])
    }

    @Test func `when it cannot be read whether an account is closed, then it is closed`() throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"gus","deleted":"since may"}"#)

        #expect(try export.read().user("U3")?.isDeleted == true)
    }

    @Test func `when elements are joined, then the findings do not say that they are left out`() throws {
        var export = SmallExport()
        export.users.append(#"{"id":"USLACKBOT","name":"slackbot"}"#)
        export.entries = [
            ("org_users.json", #"[{"id":"U1","name":"ann"}]"#),
            ("groups.json", #"[{"id":"C1","name":"general","members":["U1"]}]"#),
            ("dms.json", #"[{"id":"D1","members":["U1","U2"]},{"id":"D2","members":["U2","U1"]}]"#),
        ]

        let joined = try export.read().findings(.recordIgnored)

        #expect(
            Set(joined.map(\.value)) == [
                "user of several files", "room of several files", "conversation between the same people", "USLACKBOT",
            ])
        #expect(joined.allSatisfy { !$0.message.contains("not imported") })
    }
}
