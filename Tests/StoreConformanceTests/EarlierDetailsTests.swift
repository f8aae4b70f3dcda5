import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import Testing

@Suite("Given messages whose details an earlier release wrote", .onEveryStore)
struct EarlierDetailsTests {
    private typealias Fixtures = RoomFixtures

    /// Runs a test with one message, whose details are in the earlier form.
    private static func with(
        _ document: String, _ test: (TestStore, MessageDetails) async throws -> Void
    ) async throws {
        let files = try await TestStore.open(.current, clock: TestClock())
        try await files.store.write { try $0.messages.insert([Fixtures.message("m", at: 1)]) }
        try await files.database.write { connection in
            _ = try connection.execute("UPDATE messages SET document = \(document) WHERE id = 'm'")
        }
        try await test(files, try await details(in: files))
        try await files.remove()
    }

    private static func details(in files: TestStore) async throws -> MessageDetails {
        let found = try await files.store.read { try $0.messages.find(ids: [MessageID("m")]) }
        return try #require(found.first).details
    }

    @Test func `when they are read, then every field is there`() async throws {
        try await Self.with(
            #"{"alias":"x","emoji":":e:","avatar":"/a","bot":true,"groupable":false,"#
                + #""editedBy":{"_id":"e","username":"eve"},"mentions":[{"_id":"b","username":"bob","name":"Bob"},"#
                + #"{"_id":"all","username":"all"}],"channels":[{"_id":"r","name":"town"}],"#
                + #""reactions":{":ok:":{"usernames":["bob"]}},"attachments":[{"title":"a"}],"replies":["b"]}"#
        ) { _, details in
            var expected = MessageDetails()
            expected.alias = "x"
            expected.emoji = ":e:"
            expected.avatarURL = "/a"
            expected.isBot = true
            expected.isGroupable = false
            expected.editor = MessageDetails.Person(id: UserID("e"), username: "eve")
            expected.mentions = [
                MessageDetails.Person(id: UserID("b"), username: "bob", name: "Bob"),
                MessageDetails.Person(id: UserID("all"), username: "all"),
            ]
            expected.rooms = [MessageDetails.NamedRoom(id: RoomID("r"), name: "town")]
            expected.reactions = [MessageDetails.Reaction(emoji: ":ok:", usernames: ["bob"])]
            expected.attachments = #"[{"title":"a"}]"#
            expected.addFollowers([UserID("b")])
            #expect(details == expected)
        }
    }

    @Test(arguments: [
        (#"{"title":"a.png","type":"file"}"#, "", MessageDetails.File.State.pending),
        (
            #"{"title":"a.png","type":"file","title_link":"https://x.org/a"}"#, "",
            .linked(url: "https://x.org/a")
        ),
        (
            #"{"title":"a.png","type":"file","text":"This file could not be fetched: 404."}"#, "",
            .unavailable(.notFetched(reason: "404."))
        ),
        (
            #"{"title":"a.png","type":"file","text":"This file could not be taken out of its export: cut."}"#, "",
            .unavailable(.notExtracted(reason: "cut."))
        ),
        (
            #"{"title":"a.png","type":"file","title_link":"/file-upload/f/a.png","title_link_download":true,"#
                + #""image_url":"/file-upload/f/a.png","image_type":"image/png","image_size":3,"#
                + #""image_dimensions":{"width":1,"height":2}}"#,
            #","file":{"_id":"f","name":"a.png","type":"image/png"}"#,
            .stored(FileID("f"), mediaType: "image/png", sizeBytes: 3, pixels: PixelSize(width: 1, height: 2))
        ),
        (
            #"{"title":"a.png","type":"file","title_link":"/file-upload/f/a.png","title_link_download":true}"#,
            #","file":{"_id":"f","name":"a.png","type":"text/plain"}"#,
            .stored(FileID("f"), mediaType: "text/plain", sizeBytes: nil, pixels: nil)
        ),
    ])
    func `when a message carries a file, then the file is not an attachment any more, also after another write`(
        attachment: String, file: String, state: MessageDetails.File.State
    ) async throws {
        for given in ["", #"{"type":"file","title":"mine"},"#] {
            try await Self.with(#"{"attachments":[\#(given)\#(attachment)]\#(file)}"#) { files, details in
                #expect(details.file == MessageDetails.File(name: "a.png", state: state))
                #expect(details.attachments == (given.isEmpty ? nil : "[\(given.dropLast())]"))

                try await files.store.write { transaction in
                    for message in try transaction.messages.find(ids: [MessageID("m")]) {
                        try transaction.messages.update(message)
                    }
                }

                #expect(try await Self.details(in: files) == details)
            }
        }
    }

    @Test(arguments: [
        #"[{"title":"a","type":"file","text":"mine"}]"#, #"[{"type":"file"}]"#, #"[{"title":"a"}]"#, "[]",
    ])
    func `when the last attachment is the source's, then it stays one`(attachments: String) async throws {
        try await Self.with(#"{"attachments":\#(attachments)}"#) { _, details in
            #expect(details.file == nil)
            #expect(details.attachments == attachments)
        }
    }

    @Test func `when they are damaged, then the message is readable, and recounting a thread does not overwrite them`()
        async throws
    {
        try await Self.with(#"{"alias":"#) { files, details in
            #expect(details == MessageDetails())

            try await files.store.write { transaction in
                try transaction.messages.insert([Fixtures.message("reply", at: 2, thread: "m")])
                try transaction.messages.touch(
                    [TouchedThread(parentID: MessageID("m"), roomID: RoomID("r"), startedAt: nil)],
                    by: Fixtures.operation)
            }
            await #expect(throws: StoreError.self) {
                try await files.store.write { _ = try $0.messages.recountThreads(of: Fixtures.operation, limit: 10) }
            }
        }
    }
}
