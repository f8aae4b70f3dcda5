import Foundation
import ImportDomain
import Testing

@Suite("Given the life of an import")
struct ImportLifecycleTests {
    private static let phases: [ImportPhase] =
        [.created, .received, .ready, .undoing, .reading(nil)]
        + FileOrigin.allCases.map(ImportPhase.receiving) + RecordType.allCases.map(ImportPhase.reading)
        + ImportStage.allCases.map(ImportPhase.running) + ImportOutcome.allCases.map(ImportPhase.ended)

    private static let events: [ImportEvent] =
        [
            .stageRecords, .finishReceiving, .beginReading, .finishReading, .check, .start, .finish, .fail, .retry,
            .pause,
            .confirmPause, .resume, .cancel, .confirmCancel, .undo, .finishUndoing, .retire,
            .delete,
        ] + RecordType.allCases.map(ImportEvent.read) + ImportStage.allCases.map(ImportEvent.reach)

    /// Every valid lifecycle.
    private static let lives = phases.flatMap { phase in
        ImportControl.allCases.flatMap { control in
            [false, true].compactMap { ImportLifecycle(phase: phase, control: control, isRetired: $0) }
        }
    }

    /// A phase as the documents write it.
    private static func name(_ phase: ImportPhase) -> String {
        switch phase {
        case .created: "created"
        case .receiving: "receiving"
        case .received: "received"
        case .reading: "reading"
        case .ready: "ready"
        case .running: "running"
        case .ended(let outcome): outcome.rawValue
        case .undoing: "undoing"
        }
    }

    private static func name(_ event: ImportEvent) -> String {
        let text = "\(event)"
        return String(text.prefix { $0 != "(" })
    }

    /// The transitions of the page's diagram.
    private static func drawing() throws -> Set<String> {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/architecture.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## The life of an import").dropFirst().first)
        let block = try #require(section.components(separatedBy: "stateDiagram-v2").dropFirst().first)
        let lines = block.prefix { $0 != "`" }.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        return Set(
            lines.filter { $0.contains("-->") && !$0.contains("[*]") }.flatMap { line -> [String] in
                let parts = line.components(separatedBy: ": ")
                return parts[1].components(separatedBy: ", ").map { "\(parts[0]): \($0)" }
            })
    }

    @Test func `when each event comes in each phase, then it does what the drawing says, and nothing else`() throws {
        var moves = Set<String>()
        for life in Self.lives where life.control == .none && !life.isRetired {
            for event in Self.events {
                guard let next = try? life.applying(event) else { continue }
                // The diagram omits requests of administrators.
                guard next.control == .none, ![.resume, .confirmPause].contains(event) else { continue }
                moves.insert("\(Self.name(life.phase)) --> \(Self.name(next.phase)): \(Self.name(event))")
            }
        }

        let drawing = try Self.drawing()
        #expect(moves.subtracting(drawing) == [])
        #expect(drawing.subtracting(moves) == [])
    }

    @Test func `when stages are reached, then only later ones, and the end only from the last`() {
        for stage in ImportStage.allCases {
            let life = ImportLifecycle(.running(stage))
            for other in ImportStage.allCases {
                let next = try? life.applying(.reach(other))
                #expect((next?.phase == .running(other)) == (other > stage))
            }
            #expect(((try? life.applying(.finish))?.phase == .ended(.done)) == (stage == .finishing))
        }
        #expect(ImportStage.allCases == ImportStage.allCases.sorted())
        #expect(ImportStage.allCases.map(\.next) == Array(ImportStage.allCases.dropFirst()) + [nil])
    }

    private static let requests: [(ImportControl, ImportEvent, ImportControl?)] = [
        (.none, .pause, .pausing), (.pausing, .pause, .pausing), (.paused, .pause, .paused), (.canceling, .pause, nil),
        (.none, .confirmPause, nil), (.pausing, .confirmPause, .paused), (.paused, .confirmPause, .paused),
        (.canceling, .confirmPause, nil), (.none, .resume, ImportControl.none),
        (.pausing, .resume, ImportControl.none), (.paused, .resume, ImportControl.none), (.canceling, .resume, nil),
        (.none, .cancel, .canceling), (.pausing, .cancel, .canceling), (.paused, .cancel, .canceling),
        (.canceling, .cancel, .canceling),
    ]

    @Test(arguments: requests)
    func `when an administrator asks for something, then it waits until the work in progress has ended`(
        control: ImportControl, event: ImportEvent, expected: ImportControl?
    ) throws {
        for phase in Self.phases {
            guard let life = ImportLifecycle(phase: phase, control: control, isRetired: false), phase.isWork,
                phase != .undoing || event != .cancel
            else { continue }
            let next = try? life.applying(event)

            #expect(next?.control == expected)
            #expect(next == nil || next?.phase == phase)
        }
    }

    @Test func `when the work in progress has ended, then a cancelled import has ended, and no other`() throws {
        for life in Self.lives {
            let next = try? life.applying(.confirmCancel)
            let isExpected = life.control == .canceling && life.phase != .undoing

            #expect((next?.phase == .ended(.canceled)) == isExpected)
            #expect(next == nil || next?.control == ImportControl.none)
        }
    }

    @Test func `when any event comes, then the result can be stored, and only work is under control`() throws {
        for life in Self.lives {
            for event in Self.events {
                guard let next = try? life.applying(event) else { continue }
                let stored = ImportLifecycle(phase: next.phase, control: next.control, isRetired: next.isRetired)

                #expect(stored == next)
                #expect(next.phase.isWork || next.control == .none)
                #expect(!life.isRetired || next.isRetired)
            }
        }
    }

    @Test func `when it is retired, then it has ended, and nothing is staged, started or tried again`() throws {
        for life in Self.lives where !life.isRetired {
            let retired = try life.applying(.retire)

            #expect(retired.isRetired)
            #expect(retired.isEnded || retired.phase == .undoing)
            if life.isEnded { #expect(retired.phase == life.phase) }
            for event in [ImportEvent.stageRecords, .beginReading, .check, .start, .retry] {
                #expect(throws: ImportEventRefusal.self) { try retired.applying(event) }
            }
        }
    }

    @Test func `when it is paused or to be cancelled, then no worker may claim anything`() {
        for life in Self.lives where life.control != .none {
            #expect(!life.isRunning)
            #expect(!life.hasFileWork)
        }
        for life in Self.lives where life.control == .none {
            let isRunning = ImportStage.allCases.contains { life.phase == .running($0) }
            #expect(life.isRunning == isRunning)
        }
    }
}
