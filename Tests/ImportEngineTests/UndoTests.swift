import Foundation
import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given an import that is undone", .onEveryStore, .timeLimit(.minutes(5)))
struct UndoTests {
    private static let message = #"{"type":"message","user":"U1","ts":"1704456000.000100","text":"hello"}"#

    /// An export with rooms of all kinds, threads, a thread without its first message, and a file.
    private static var export: SlackExport {
        var export = SlackExport(
            users: [
                #"{"id":"U1","name":"ann","team_id":"T1","profile":{"email":"ann@example.com","image_512":"http://x/a.png"}}"#,
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

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
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
}
