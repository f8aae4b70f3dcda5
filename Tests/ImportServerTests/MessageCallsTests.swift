import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given a server with messages", .onEveryStore)
struct MessageCallsTests {
    @Test func `when a message is asked for, then its details stand among its fields`() async throws {
        try await RoomScene.with { server, people in
            let answer = try await server.call(.get, "chat.getMessage?msgId=t2", as: people.eve)

            let (ada, bob) = (people.ada.userID, people.bob.userID)
            #expect(
                answer.json["message"]?.serialized() == """
                    {"_id":"t2","_updatedAt":"\(RoomScene.time(9))","alias":"Ada L.",\
                    "editedAt":"\(RoomScene.time(9))","editedBy":{"_id":"\(ada)","username":"ada"},\
                    "mentions":[{"_id":"\(bob)","name":"Name of bob","username":"bob"}],"msg":"Good morning @bob",\
                    "reactions":{":wave:":{"usernames":["bob"]}},"rid":"town","ts":"\(RoomScene.time(2))",\
                    "u":{"_id":"\(ada)","name":"Name of ada","username":"ada"}}
                    """)
        }
    }

    @Test(arguments: [
        (MessageDetails.File.State.pending, "", ""),
        (.linked(url: "https://x.org/a"), "", #","title_link":"https://x.org/a""#),
        (.unavailable(.notFetched(reason: "404.")), #""text":"This file could not be fetched: 404.","#, ""),
        (
            .unavailable(.notExtracted(reason: "cut.")),
            #""text":"This file could not be taken out of its export: cut.","#, ""
        ),
        (
            .stored(FileID("f"), mediaType: "text/plain", sizeBytes: 3, pixels: nil), "",
            #","title_link":"/file-upload/f/a%20%2F.png","title_link_download":true"#
        ),
    ])
    func `when a message carries a file, then its last attachment shows what became of it`(
        state: MessageDetails.File.State, text: String, link: String
    ) async throws {
        try await RoomScene.with { server, people in
            try await server.workspace.store.write { transaction in
                guard var message = try transaction.messages.find(ids: [MessageID("t4")]).first else { return }
                message.details.attachments = #"[{"title":"b","fields":[{"short":true,"n":1.50}],"a":1e2}]"#
                message.details.file = MessageDetails.File(name: "a /.png", state: state)
                try transaction.messages.update(message)
            }
            let answer = try await server.call(.get, "chat.getMessage?msgId=t4", as: people.eve).body

            let attachments =
                #""attachments":[{"a":100,"fields":[{"n":1.5,"short":true}],"title":"b"},"#
                + #"{\#(text)"title":"a /.png"\#(link),"type":"file"}]"#
            let file = #","file":{"_id":"f","name":"a /.png","type":"text/plain"}"#
            let isStored = if case .stored = state { true } else { false }
            #expect(answer.contains(attachments + (isStored ? file : "") + #","msg":"second""#))
        }
    }

    @Test(arguments: ["image", "video"])
    func `when a message carries a media file, then its attachment has its address, type and size`(
        kind: String
    ) async throws {
        try await RoomScene.with { server, people in
            try await server.workspace.store.write { transaction in
                guard var message = try transaction.messages.find(ids: [MessageID("t4")]).first else { return }
                message.details.attach(
                    StoredFile(
                        id: FileID("f"), name: "..", mediaType: "\(kind)/x", sizeBytes: 3,
                        pixels: kind == "image" ? PixelSize(width: 1, height: 2) : nil, createdAt: RoomScene.start))
                try transaction.messages.update(message)
            }
            let answer = try await server.call(.get, "chat.getMessage?msgId=t4", as: people.eve).body

            let media =
                #""\#(kind)_size":3,"\#(kind)_type":"\#(kind)/x","\#(kind)_url":"/file-upload/f/file""#
            let titles = #""title":"..","title_link":"/file-upload/f/file","title_link_download":true,"type":"file""#
            let pixels = #""image_dimensions":{"height":2,"width":1},"#
            let attachment = kind == "image" ? pixels + media + "," + titles : titles + "," + media
            #expect(
                answer.contains(
                    #""attachments":[{\#(attachment)}],"file":{"_id":"f","name":"..","type":"\#(kind)/x"},"#))
        }
    }

    @Test func `when a message starts a thread, then its replies are counted`() async throws {
        try await RoomScene.with { server, people in
            let message = try await server.call(.get, "chat.getMessage?msgId=t1", as: people.eve).json["message"]
            let shown = try await server.call(.get, "chat.getMessage?msgId=a2", as: people.eve).json["message"]

            #expect(message?["t"] == .string("uj"))
            #expect(message?["tcount"]?.serialized() == "2")
            #expect(message?["tlm"] == .string(RoomScene.time(8)))
            #expect(message?["replies"]?.serialized() == #"["\#(people.ada.userID)","\#(people.bob.userID)"]"#)
            #expect(shown?["tmid"] == .string("t1"))
            #expect(shown?["tshow"] == .boolean(true))
        }
    }

    @Test func `when there is no such message, then the error has no text`() async throws {
        try await RoomScene.with { server, people in
            let answer = try await server.call(.get, "chat.getMessage?msgId=none", as: people.ada)
            let missing = try await server.call(.get, "chat.getMessage", as: people.ada)

            #expect(answer.status == 400)
            #expect(answer.body == #"{"success":false}"#)
            #expect(missing.json["error"] == .string(#"The "msgId" query parameter must be provided."#))
        }
    }

    @Test func `when a room's messages are listed, then newest first, equal times by their order`() async throws {
        try await RoomScene.with { server, people in
            let all = try await server.call(.get, "channels.messages?roomId=town", as: people.eve)
            let page = try await server.call(.get, "channels.messages?roomId=town&offset=3&count=2", as: people.eve)
            let oldest = try await server.call(
                .get, #"channels.messages?roomId=town&count=3&sort=%7B%22ts%22%3A1%7D"#, as: people.eve)

            #expect(all.ids("messages") == ["a2", "a1", "t5", "t4", "t3", "t2", "t1"])
            #expect(page.ids("messages") == ["t4", "t3"])
            #expect([page.number("count"), page.number("offset"), page.number("total")] == ["2", "3", "7"])
            #expect(oldest.ids("messages") == ["t1", "t2", "t3"])
        }
    }

    @Test func `when messages are narrowed down, then each parameter does so`() async throws {
        try await RoomScene.with { server, people in
            for (query, expected) in [
                ("pinned=true", ["t5"]), ("pinned=false&count=1", ["a2"]),
                ("mentionIds=\(people.bob.userID)", ["t2"]), ("mentionIds=none,\(people.bob.userID)", ["t2"]),
                ("mentionIds=\(people.ada.userID)", []), ("starredIds=\(people.ada.userID)", []),
            ] {
                let answer = try await server.call(.get, "channels.messages?roomId=town&\(query)", as: people.eve)

                #expect(answer.ids("messages") == expected, "\(query): \(answer.body)")
            }
        }
    }

    @Test func `when a part of the history is asked for, then its ends belong to it only if included`() async throws {
        try await RoomScene.with { server, people in
            for (query, expected) in [
                ("oldest=\(RoomScene.time(2))&latest=\(RoomScene.time(5))", ["t4", "t3"]),
                (
                    "oldest=\(RoomScene.time(2))&latest=\(RoomScene.time(5))&inclusive=true",
                    ["t5", "t4", "t3", "t2"]
                ),
                ("latest=\(RoomScene.time(2))&inclusive=1", ["t2", "t1"]),
                ("oldest=\(RoomScene.time(7))", ["a2"]),
                ("showThreadMessages=false&count=2", ["a2", "t5"]),
                ("showThreadMessages=true&count=2&offset=1", ["a1", "t5"]),
            ] {
                let answer = try await server.call(.get, "channels.history?roomId=town&\(query)", as: people.eve)

                #expect(answer.ids("messages") == expected, "\(query): \(answer.body)")
                #expect(answer.json["total"] == nil)
            }
            let unread = try await server.call(
                .get, "groups.history?roomName=attic&unreads=true", as: people.ada)
            #expect(unread.number("unreadNotLoaded") == "0")
            let wrong = try await server.call(.get, "channels.history?roomId=town&oldest=soon", as: people.eve)
            #expect(wrong.json["errorType"] == .string("error-oldest-param-invalid"))
        }
    }

    @Test func `when a thread is listed, then its replies are listed oldest first`() async throws {
        try await RoomScene.with { server, people in
            let thread = try await server.call(.get, "chat.getThreadMessages?tmid=t1", as: people.eve)
            let page = try await server.call(.get, "chat.getThreadMessages?tmid=t1&offset=1", as: people.eve)
            let none = try await server.call(.get, "chat.getThreadMessages?tmid=none", as: people.eve)

            #expect(thread.ids("messages") == ["a1", "a2"])
            #expect(thread.number("total") == "2")
            #expect(page.ids("messages") == ["a2"])
            #expect(none.json["errorType"] == .string("error-invalid-message"))
        }
    }

    @Test func `when a room is searched, then texts match in any letter case, and no pattern`() async throws {
        try await RoomScene.with { server, people in
            for (text, expected) in [("noon", ["a2", "t5"]), ("0%25", ["t5"]), ("l_nch", []), ("file", [])] {
                let answer = try await server.call(
                    .get, "chat.search?roomId=town&searchText=\(text)", as: people.eve)

                #expect(answer.ids("messages") == expected, "\(text)")
            }
            let page = try await server.call(
                .get, "chat.search?roomId=town&searchText=noon&offset=1&count=1", as: people.eve)
            let empty = try await server.call(.get, "chat.search?roomId=town&searchText=", as: people.eve)
            #expect(page.ids("messages") == ["t5"])
            #expect(empty.json["errorType"] == .string("error-searchText-param-not-provided"))
        }
    }
}
