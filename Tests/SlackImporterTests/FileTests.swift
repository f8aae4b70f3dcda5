import Foundation
import ImportDomain
import SlackImporter
import Testing

@Suite("Given messages with files")
struct FileTests {
    private static func read(_ files: String, _ more: String = "") throws -> [MessageRecord] {
        try SmallExport.read(
            #"{"user":"U1","ts":"1454300000.000100","text":"see","files":[\#(files)]\#(more)}"#
        ).messages
    }

    @Test func `when a message has files, then each is a message of its own`() throws {
        let messages = try Self.read(
            #"{"id":"F1","name":"a.png","mimetype":"image/png","size":5,"url_private":"https://s.org/p","#
                + #""url_private_download":"https://s.org/d?t=secret"},{"id":"F2","name":"b","url_private":"https://s.org/b"}"#,
            #","thread_ts":"1454200000.000100""#)

        #expect(
            messages.map(\.id) == [
                "slack-C1-1454300000-000100", "slack-C1-1454300000-000100-file1", "slack-C1-1454300000-000100-file2",
            ])
        #expect(messages.map(\.text) == ["see", "", ""])
        #expect(messages[0].file == nil)
        #expect(
            messages[1].file
                == FileReference(
                    id: "F1", name: "a.png", sizeBytes: 5, mediaType: "image/png", source: "slack",
                    location: .remote(url: "https://s.org/d?t=secret")))
        #expect(messages[2].file?.location == .remote(url: "https://s.org/b"))
        #expect(messages.allSatisfy { $0.thread?.parentID == "slack-C1-1454200000-000100" && $0.authorID == "U1" })
    }

    @Test(arguments: [
        (#"{"id":"F1","mode":"tombstone"}"#, "file not available: deleted"),
        (
            #"{"id":"F1","mode":"hidden_by_limit","name":"a"}"#,
            "file not available: hidden by a limit of the Slack plan (a)"
        ),
        (#"{"id":"F1","file_access":"access_denied"}"#, "file not available: access denied"),
        (#"{"id":"F1","file_access":"file_not_found"}"#, "file not available: not found"),
        (#"{"id":"F1","name":"a"}"#, "file not available: no address in the export (a)"),
        ("null", "file not available: no address in the export"),
        (#"{"id":"F1","url_private":"file:///etc/passwd"}"#, "file not available: no address in the export"),
    ])
    func `when a file cannot be had, then a line reports why`(file: String, text: String) throws {
        let messages = try Self.read(file)

        #expect(messages.map(\.text) == ["see", text])
        #expect(messages.map(\.file) == [nil, nil])
    }

    @Test func `when a file lies elsewhere, then the message links to it`() throws {
        let messages = try Self.read(
            #"{"id":"F1","name":"Plan [1]","is_external":true,"external_type":"gdrive","url_private":"https://d.org/a(b)"}"#
        )

        #expect(messages.last?.text == "[Plan [1]](https://d.org/a(b%29)")
        #expect(messages.last?.file?.location == .external(url: "https://d.org/a(b)"))
    }

    @Test func `when a snippet is complete, then its text is shown`() throws {
        let messages = try Self.read(
            #"{"id":"F1","mode":"snippet","preview":"let a = 1","preview_is_truncated":false,"url_private":"https://s.org/a"},"#
                + #"{"id":"F2","mode":"snippet","preview":"let","preview_is_truncated":true,"url_private":"https://s.org/a"}"#
        )

        #expect(messages.map(\.text) == ["see", "```\nlet a = 1\n```", ""])
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("..\\\\..\\\\x.txt", "x.txt"), ("a\\u0007b", "ab"), ("..", "title"),
        ("", "title"),
        (String(repeating: "ü", count: 200), String(repeating: "ü", count: 127)),
    ])
    func `when a name is unfit, then it is cleaned`(name: String, clean: String) throws {
        let messages = try Self.read(
            #"{"id":"F1","name":"\#(name)","title":"title","size":0,"url_private":"https://s.org/a"}"#)

        #expect(messages.last?.file?.name == clean)
    }

    @Test func `when an old-style share has a comment, then the file's message says it`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"file_share","user":"U1","ts":"1.1","text":"<@U1> uploaded a file: <https://s.org|x>","#
                + #""file":{"id":"F1","name":"a","url_private_download":"https://s.org/a","initial_comment":{"comment":"for <@U2>"}}}"#
        )

        #expect(output.messages.map(\.id) == ["slack-C1-1-1-fileshare"])
        #expect(output.messages.map(\.text) == ["for @U2"])
        #expect(output.messages.map(\.mentionIDs) == [["U2"]])
        #expect(output.messages.first?.file?.id == "F1")
    }

    @Test func `when an old-style share has replies, then they find their parent`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"file_share","user":"U1","ts":"1.1","thread_ts":"1.1","reply_count":1,"#
                + #""file":{"id":"F1","url_private":"https://s.org/a","initial_comment":{"comment":"c"}}}"#)

        #expect(output.messages.map(\.id) == ["slack-C1-1-1", "slack-C1-1-1-fileshare"])
        #expect(output.messages.map(\.text) == ["c", ""])
    }

    @Test func `when an old-style share has no address, then it stays as a line`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"file_share","user":"U1","ts":"1.1","file":{"id":"F1","initial_comment":{"comment":"c"}}}"#)

        #expect(output.messages.map(\.text) == ["c\nfile not available: no address in the export"])
    }

    @Test func `when a share has its file alone and in the list, then it is one file with the comment`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"file_share","user":"U1","ts":"1.1","text":"","file":{"id":"F1","initial_comment":"look <@U2>"},"#
                + #""files":[{"id":"F1","url_private":"https://s.org/a"}]}"#)

        #expect(output.messages.map(\.id) == ["slack-C1-1-1", "slack-C1-1-1-file1"])
        #expect(output.messages.map(\.text) == ["", "look @U2"])
        #expect(output.messages.map(\.mentionIDs) == [[], ["U2"]])
    }

    @Test func `when a program's message has one file alone, then it is there`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"bot_message","bot_id":"B1","ts":"1.1","text":"t","file":{"id":"F1","url_private":"https://s.org/a"}}"#
        )

        #expect(output.messages.map(\.file?.id) == [nil, "F1"])
    }

    @Test func `when a forwarded message has files, then they follow the message's own, each once`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","attachments":[{"is_share":true,"text":"q","files":[{"id":"F2","name":"b","#
                + #""url_private":"https://s.org/b"},{"id":"F1"},null],"attachments":[{"text":"deeper","#
                + #""files":[{"id":"F3","mode":"tombstone"}]}]}],"files":[{"id":"F1","url_private":"https://s.org/a"}]}"#
        )

        #expect(
            output.messages.map(\.id) == [
                "slack-C1-1-1", "slack-C1-1-1-file1", "slack-C1-1-1-file2", "slack-C1-1-1-file3", "slack-C1-1-1-file4",
            ])
        #expect(output.messages.map(\.file?.id) == [nil, "F1", "F2", nil, nil])
        #expect(output.messages.last?.text == "file not available: deleted")
        #expect(output.messages.first?.attachments == #"[{"text":"q"},{"text":"deeper"}]"#)
    }

    @Test func `when one file or attachment stands in place of a list, then it counts`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","files":{"id":"F1","url_private":"https://s.org/a"},"#
                + #""attachments":{"text":"t","files":{"id":"F2","url_private":"https://s.org/b"}}}"#)

        #expect(output.messages.map(\.file?.id) == [nil, "F1", "F2"])
        #expect(output.messages.first?.attachments == #"[{"text":"t"}]"#)
    }

    @Test func `when a file has words of its own, then they are shown`() throws {
        let messages = try Self.read(
            #"{"id":"F1","alt_txt":"the bow","url_private":" https://s.org/a ","transcription":{"status":"complete","#
                + #""preview":{"content":"ahoy","has_more":false}}}"#)

        #expect(messages.last?.text == "the bow\nahoy")
        #expect(messages.last?.file?.location == .remote(url: "https://s.org/a"))
    }

    @Test(arguments: [
        ("image.png", "quarterly figures", "quarterly figures"), ("image.png", "image.png", ""),
        ("Screen_Shot_2016-01-02.png", "Screen Shot 2016-01-02", ""), ("a.b.png", "A.b", ""),
        ("image.png", "R&amp;D &lt;1&gt;", "R&D <1>"), ("image.png", "…", ""), ("图.png", "图", ""),
    ])
    func `when a title says more than the name, then the file's message says it`(
        name: String, title: String, text: String
    ) throws {
        let messages = try Self.read(
            #"{"id":"F1","name":"\#(name)","title":"\#(title)","url_private":"https://s.org/a"}"#)

        #expect(messages.last?.text == text)
        #expect(messages.last?.file?.name == name)
    }

    @Test func `when a file with a title cannot be had, then its message says the title`() throws {
        let messages = try Self.read(#"{"id":"F1","name":"a.png","title":"figures"}"#)

        #expect(messages.last?.text == "file not available: no address in the export (a.png)\nfigures")
    }

    @Test func `when a new-style share has files, then its text stays`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"file_share","user":"U1","ts":"1.1","text":"look","files":[{"id":"F1","url_private":"https://s.org/a"}]}"#
        )

        #expect(output.messages.map(\.id) == ["slack-C1-1-1", "slack-C1-1-1-file1"])
        #expect(output.messages.map(\.text) == ["look", ""])
    }

    @Test func `when a file stands in a block alone, then it has what a file of the message would have`() throws {
        let file =
            #"{"id":"F1","name":"mail.eml","url_private":"https://s.org/a","mode":"email","subject":"Tides","#
            + #""plain_text":"body","from":[{"name":"Ann","address":"a@x.org"}],"to":["b@x.org"],"#
            + #""transcription":{"preview":{"content":"spoken"}}}"#
        var export = SmallExport()
        export.messages = [#"{"user":"U1","ts":"1.1","blocks":[{"type":"file","file":\#(file)}]}"#]

        let messages = try export.read().messages

        #expect(
            messages.last?.text == "Subject: Tides\nFrom: Ann <a@x.org>\nTo: b@x.org\n```\nbody\n```\nspoken")
        #expect(messages.last?.file?.location == .remote(url: "https://s.org/a"))
    }

    @Test(arguments: ["__uploads/F1/a.png", "general/attachments/F1-a.png"])
    func `when the archive holds the bytes, then they are taken from it`(entry: String) throws {
        var export = SmallExport()
        export.messages = [
            #"{"user":"U1","ts":"1.1","files":[{"id":"F1","name":"a.png","url_private":"https://s.org/a"}]}"#
        ]
        export.entries = [(entry, "PNG")]

        let output = try export.read()

        #expect(output.messages.last?.file?.location == .archived(entry: entry, url: "https://s.org/a"))
        #expect(output.findings(.entryIgnored).allSatisfy { $0.count == 0 })
    }

    @Test(arguments: [
        #""file_access":"access_denied","url_private":"https://s.org/a""#, #""file_access":"file_not_found""#,
        #""mode":"tombstone""#, #""mode":"hidden_by_limit","url_private":"https://s.org/a""#,
        #""file_access":"check_file_info""#,
        #""file_access":"whatever","url_private":"https://s.org/a""#,
        #""name":"a.png""#,
    ])
    func `when a message could not show a file, then it gets nothing of the bytes that the archive holds`(
        fields: String
    ) throws {
        for message in [
            #""files":[{"id":"F1",\#(fields)}]"#, #""attachments":[{"text":"q","files":[{"id":"F1",\#(fields)}]}]"#,
            #""subtype":"file_share","file":{"id":"F1",\#(fields)}"#,
            #""blocks":[{"type":"file","file":{"id":"F1",\#(fields)}}]"#,
        ] {
            var export = SmallExport()
            export.messages = [#"{"user":"U1","ts":"1.1",\#(message)}"#]
            export.entries = [("__uploads/F1/a.png", "PNG")]

            let output = try export.read()

            #expect(output.messages.allSatisfy { $0.file == nil })
            #expect(output.messages.last?.text.hasPrefix("file not available: ") == true)
        }
    }

    @Test func `when the folder of its room holds the bytes, then a file without an address is taken from it`() throws {
        var export = SmallExport()
        export.channels.append(#"{"id":"C2","name":"deck","members":["U1"]}"#)
        export.messages = [#"{"user":"U1","ts":"1.1","files":[{"id":"F1","name":"a"},{"id":"F2","name":"b"}]}"#]
        export.entries = [
            ("deck/2020-01-01.json", #"[{"user":"U1","ts":"1.1","files":[{"id":"F1","name":"a"}]}]"#),
            ("deck/attachments/F1-a", "D"), ("general/attachments/F1-a", "G"), ("deck/attachments/F2-b", "D"),
        ]

        let output = try export.read()

        #expect(
            output.messages.map(\.file?.location) == [
                nil, .archived(entry: "general/attachments/F1-a"), nil, nil, .archived(entry: "deck/attachments/F1-a"),
            ])
        #expect(output.messages[2].text == "file not available: no address in the export (b)")
    }

    @Test(arguments: [
        (
            #""mode":"email","subject":"Tides","plain_text":"body","from":[{"name":"Ann","address":"a@x.org"}],"#
                + #""to":[{"original":"Bob <b@x.org>"},"c@x.org"],"cc":[{"address":"d@x.org"}],"#
                + #""attachments":[{"filename":"invoice.pdf","url":"https://s.org/secret"}]"#,
            "Subject: Tides\nFrom: Ann <a@x.org>\nTo: Bob <b@x.org>, c@x.org\nCc: d@x.org\nAttachments: invoice.pdf\n"
                + "```\nbody\n```"
        ),
        (#""title":"Tides","subject":"Tides","from":[],"cc":null"#, "Tides"),
    ])
    func `when a file is an e-mail, then its message says who wrote to whom`(fields: String, text: String) throws {
        let messages = try Self.read(#"{"id":"F1","name":"mail.eml","url_private":"https://s.org/a",\#(fields)}"#)

        #expect(messages.last?.text == text)
    }

    @Test(arguments: ["__uploads/F1/a.png", "general/attachments/F1-a.png"])
    func `when its files are read, then those that are wanted are handed over`(entry: String) throws {
        var export = SmallExport()
        export.entries = [("__uploads/F0/b.png", "other"), (entry, "PNG")]
        let path = FileManager.default.temporaryDirectory.appending(path: "slack-export-\(UUID().uuidString).zip")
        try Data(export.builder.bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }  // Left behind, it takes space and no more.
        let output = RecordingFileOutput(wanted: "F1")

        try SlackImporter().readAttachedFiles(of: ImportFile(path: path.path, name: "export.zip"), into: output)

        #expect(output.asked == ["slack:F0", "slack:F1"])
        #expect(output.complete == ["F1": "PNG"])
    }
}

/// Records one of an importer's files.
private final class RecordingFileOutput: AttachedFileOutput {
    private let wanted: String
    private(set) var asked: [String] = []
    private(set) var complete: [String: String] = [:]
    private var bytes: [UInt8] = []

    init(wanted: String) { self.wanted = wanted }

    func begin(_ id: String, of source: String, entry: String) -> Bool {
        asked.append("\(source):\(id)")
        return id == wanted
    }

    func write(_ bytes: UnsafeRawBufferPointer) { self.bytes += bytes }

    func finish() { complete[wanted] = String(decoding: bytes, as: UTF8.self) }

    func abandon(for reason: String) { bytes = [] }

    func checkCancellation() {}
}
