import Foundation
import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given an import that is undone", .onEveryStore, .timeLimit(.minutes(5)))
struct UndoTests {
    static let message = #"{"type":"message","user":"U1","ts":"1704456000.000100","text":"hello"}"#

    /// An export with rooms of all kinds, threads, a thread without its first message, and a file.
    static var export: SlackExport {
        var export = SlackExport(
            users: [
                #"{"id":"U1","name":"ann","team_id":"T1","profile":{"email":"ann@example.com","image_original":"http://x/a.png"}}"#,
                #"{"id":"U2","name":"bob","profile":{"email":"bob@example.com"}}"#,
                #"{"id":"U3","name":"cat","is_restricted":true,"profile":{"email":"cat@example.com"}}"#,
            ],
            channels: [
                #"{"id":"C0","name":"general","is_general":true,"creator":"U1","members":["U1","U2"],"topic":{"value":"All"}}"#,
                #"{"id":"C1","name":"plans","creator":"U1","members":["U1","U2"],"topic":{"value":"Plans"}}"#,
            ])
        export.groups = [#"{"id":"G1","name":"quiet","creator":"U2","members":["U2","U3"]}"#]
        export.directs = [#"{"id":"D1","members":["U1","U3"]}"#]
        export.messages = [
            "general": [message],
            "plans": [
                #"{"type":"message","user":"U1","ts":"1704456001.000100","thread_ts":"1704456001.000100","text":"start"}"#,
                #"{"type":"message","user":"U2","ts":"1704456002.000100","thread_ts":"1704456001.000100","text":"reply"}"#,
                #"{"type":"message","user":"U2","ts":"1704456003.000100","thread_ts":"1704400000.000100","text":"orphan"}"#,
                #"{"type":"message","user":"U2","ts":"1704456004.000100","text":"file","files":[{"id":"F1","name":"a.txt","url_private":"http://x/f.txt"}]}"#,
            ],
            "quiet": [#"{"type":"message","user":"U3","ts":"1704456005.000100","text":"psst"}"#],
            "D1": [#"{"type":"message","user":"U3","ts":"1704456006.000100","text":"hi"}"#],
        ]
        return export
    }

    static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    /// Undoes an import and holds the preview against it.
    @discardableResult
    static func undo(_ operation: ImportOperation?, in workspace: TestWorkspace) async throws -> ImportUndos.Report {
        let preview = try await workspace.engine.undos.preview(operation?.id)
        let requested = try await workspace.engine.undos.request(operation?.id, by: UserID("nobody"))
        #expect(requested.operation.phase == .undoing)
        try await workspace.finish()
        let undone = try #require(try await workspace.store.read { try $0.operations.find(id: requested.operation.id) })
        #expect(undone.phase == .ended(.undone))
        let report = try await workspace.engine.undos.report(of: undone)
        #expect(report.counts == preview.counts)
        return report
    }

    @Test func `when nobody has used anything since, then the workspace is as before`() async throws {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            let done = try await Self.importing(Self.export, workspace)
            #expect(done.totalCounts.error == 0)

            let report = try await Self.undo(nil, in: workspace)

            #expect(before.differences(to: try await workspace.dump()) == [])
            #expect(report.counts.kept.isEmpty)
            #expect(report.counts.removed[.user] == 3)
            #expect(report.counts.removed[.room] == 3)
            #expect(report.counts.removed[.message] == 9)
            #expect(report.counts.removed[.file] == 1)
            #expect(report.counts.restored[.room] == 1)
        }
    }

    @Test func `when it joined, changed and answered what was there, then that is as before`() async throws {
        try await TestWorkspace.with { workspace in
            var first = Self.export
            first.messages["plans"]?.removeAll { $0.contains("reply") || $0.contains("orphan") }
            _ = try await Self.importing(first, workspace)
            let before = try await workspace.dump()
            var second = Self.export
            second.users.append(#"{"id":"U4","name":"dan","profile":{"email":"dan@example.com"}}"#)
            second.channels = [
                #"{"id":"C1","name":"plans","is_archived":true,"members":["U1","U2","U3","U4"],"topic":{"value":"New"},"purpose":{"value":"Why"}}"#
            ]
            second.messages["plans"]?.append(
                #"{"type":"message","user":"U3","ts":"1704456001.500100","thread_ts":"1704456001.000100","text":"late"}"#
            )
            second.messages["plans"]?.append(
                #"{"type":"message","user":"U2","ts":"1704456004.000100","text":"file!","edited":{"user":"U2","ts":"1704457004.000100"},"files":[{"id":"F1","name":"a.txt","url_private":"http://x/f.txt"}]}"#
            )
            _ = try await Self.importing(second, workspace)

            let report = try await Self.undo(nil, in: workspace)

            #expect(before.differences(to: try await workspace.dump()) == [])
            #expect(report.counts.kept.isEmpty)
            #expect(report.counts.removed[.membership] == 1)
            #expect(report.counts.restored[.message] == 2)
        }
    }

    @Test func `when its files and avatars were fetched, then their rows and bytes go`() async throws {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            _ = try await Self.importing(Self.export, workspace)
            try await workspace.fetchEverything()
            let fetched = try await workspace.dump()

            let report = try await Self.undo(nil, in: workspace)

            #expect(fetched.rows["files"]?.count == 2)
            #expect(fetched.rows["uploads"]?.count == 1)
            #expect(before.differences(to: try await workspace.dump()) == [])
            #expect(report.counts.kept.isEmpty)
        }
    }

    @Test func `when a message of another import carries its file, then the file stays with that message`() async throws
    {
        try await TestWorkspace.with { workspace in
            let first = try await Self.importing(Self.export, workspace)
            var second = Self.export
            second.messages = [
                "quiet": [
                    #"{"type":"message","user":"U3","ts":"1704456009.000100","text":"same","files":[{"id":"F1","name":"a.txt","url_private":"http://x/f.txt"}]}"#
                ]
            ]
            _ = try await Self.importing(second, workspace)
            try await workspace.fetchEverything()

            let report = try await Self.undo(first, in: workspace)

            let room = try #require(try await workspace.store.read { try $0.rooms.find(nameKey: "quiet") })
            let owners = try await workspace.files.database.read { connection in
                try connection.rows("SELECT room_id FROM uploads") { $0.text(0) }
            }
            #expect(owners == [room.id.rawValue])
            #expect(report.counts.removed[.file] == nil)
            #expect(report.counts.kept[.room] == [.hasMessages: 1])
            #expect(report.counts.kept[.user]?[.wroteMessages] == 1)
        }
    }

    @Test func `when it updated accounts, then they are as before`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann")])
            let before = try await workspace.dump()
            let later = try await workspace.importing([StagedUser("bob")])
            let number = try #require(later.number)
            let ann = try #require(try await workspace.user("ann"))
            var changed = ann
            (changed.username, changed.name, changed.bio, changed.utcOffset) = ("Anna", "Anna A.", nil, 5.75)
            (changed.isActive, changed.roles, changed.nickname) = (false, ["guest"], "a")
            changed.emails = [EmailAddress("anna@example.com", isVerified: true)] + ann.emails
            changed.updatedAt = workspace.clock.now()
            try await workspace.store.write { [changed] in
                try $0.users.update([(before: ann, after: changed)], by: number)
            }

            let report = try await Self.undo(nil, in: workspace)

            #expect(before.differences(to: try await workspace.dump()) == [])
            #expect(report.counts.restored[.user] == 1)
        }
    }

    @Test func `when imports are undone from the last to the first, then the workspace is as before all of them`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            let first = try await Self.importing(Self.export, workspace)
            var second = Self.export
            second.channels[1] = second.channels[1].replacing("Plans", with: "Later")
            second.messages["plans"]?.append(
                #"{"type":"message","user":"U1","ts":"1704456011.000100","thread_ts":"1704400000.000100","text":"more"}"#
            )
            second.messages["plans"]?.append(
                #"{"type":"message","user":"U1","ts":"1704400000.000100","thread_ts":"1704400000.000100","text":"found"}"#
            )
            let later = try await Self.importing(second, workspace)

            let kept = try await workspace.engine.undos.preview(first.id)
            try await Self.undo(later, in: workspace)
            try await Self.undo(first, in: workspace)

            #expect(kept.counts.kept[.message]?[.updatedByImport] == 1)
            #expect(kept.counts.kept[.room]?[.hasMessages] == 1)
            #expect(before.differences(to: try await workspace.dump()) == [])
        }
    }

    @Test func `when an earlier one is undone, then what a later one wrote stays whole`() async throws {
        try await TestWorkspace.with { workspace in
            let first = try await Self.importing(Self.export, workspace)
            var second = Self.export
            second.messages = [
                "plans": [
                    #"{"type":"message","user":"U2","ts":"1704456012.000100","thread_ts":"1704456001.000100","text":"late"}"#
                ]
            ]
            _ = try await Self.importing(second, workspace)

            let report = try await Self.undo(first, in: workspace)

            let room = try #require(try await workspace.store.read { try $0.rooms.find(nameKey: "plans") })
            let messages = try await workspace.store.read {
                try $0.messages.list(MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 10)
            }
            #expect(messages.map(\.text) == ["start", "late"])
            #expect(messages.map(\.replyCount) == [1, 0])
            #expect(room.messageCount == 2)
            #expect(room.lastMessageID == messages[0].id)
            #expect(room.memberCount == 2)
            #expect(report.counts.kept[.message] == [.answered: 1])
            #expect(report.counts.kept[.room] == [.hasMessages: 1])
            #expect(report.counts.kept[.user] == [.wroteMessages: 2])
            #expect(report.counts.removed[.user] == 1)
        }
    }

    @Test func `when it is paused, then nothing is written until it is resumed`() async throws {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            _ = try await Self.importing(Self.export, workspace)
            _ = try await workspace.engine.undos.request(by: UserID("nobody"))
            let worker = workspace.worker()
            _ = try await worker.step()

            let paused = try await workspace.engine.controls.pause()
            let middle = try await workspace.dump()
            try await workspace.finish(worker)
            let after = try await workspace.dump()
            _ = try await workspace.engine.controls.resume()
            try await workspace.finish(worker)

            #expect(paused.operation?.lifecycle.control == .paused)
            #expect(middle.rows["users"] == after.rows["users"])
            #expect(middle.rows["files"] == after.rows["files"])
            #expect(try await workspace.current().phase == .ended(.undone))
            #expect(before.differences(to: try await workspace.dump()) == [])
        }
    }
}

extension TestWorkspace {
    /// Fetches every pending file and avatar, each of three bytes.
    fileprivate func fetchEverything() async throws {
        let claims = try await store.write { transaction in
            try transaction.downloads.enqueueFiles()
            _ = try transaction.downloads.enqueueAvatars(after: nil, limit: 100)
            return try transaction.downloads.claim(
                by: WorkerID("w"), for: .seconds(60), limit: 100, perHost: 100, running: [:])
        }
        for claim in claims {
            let id = identifiers.operationID(at: clock.now()).rawValue
            let area: FileArea = claim.download.kind == .avatar ? .avatars : .uploads
            let writer = try await environment.files.begin(FileKey(area, id: id))
            try await writer.write([1, 2, 3])
            _ = try await writer.finish()
            let file = StoredFile(
                id: FileID(id), name: claim.download.name, mediaType: "image/png", sizeBytes: 3, createdAt: clock.now())
            try await store.write { transaction in
                if area == .avatars {
                    _ = try transaction.downloads.finish(claim.download, avatar: file)
                } else {
                    try transaction.downloads.finish(claim.download, file: file)
                }
            }
        }
    }
}
