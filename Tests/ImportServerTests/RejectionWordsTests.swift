import ImportAPI
import ImportDomain
import Testing

@testable import ImportServer

@Suite("Given a call that the state of an import does not allow")
struct RejectionWordsTests {
    private static let phases: [ImportPhase] =
        [.created, .received, .ready, .undoing, .reading(nil)]
        + FileOrigin.allCases.map(ImportPhase.receiving) + ImportStage.allCases.map(ImportPhase.running)
        + ImportOutcome.allCases.map(ImportPhase.ended)

    private static let lifecycles: [ImportLifecycle?] =
        [nil]
        + phases.flatMap { phase in
            ImportControl.allCases.flatMap { control in
                [false, true].compactMap { ImportLifecycle(phase: phase, control: control, isRetired: $0) }
            }
        }

    /// What each call requests of the current import; nil for calls that are allowed in every state.
    private static let events: [String: ImportEvent?] = [
        "import.addUsers": .stageRecords, "import.run": .start, "startImport": .start, "import.pause": .pause,
        "import.resume": .resume, "import.cancel": .cancel, "getImportFileData": .beginReading, "import.new": nil,
        "uploadImportFile": nil, "import.status": nil, "import.failures": nil,
    ]

    @Test(arguments: [ImportEvent.stageRecords, .start, .pause, .resume, .cancel])
    func `when it is rejected, then the calls that the words name are allowed, and lead on`(event: ImportEvent) throws {
        for lifecycle in Self.lifecycles {
            // Calls that are allowed are not rejected.
            guard (try? lifecycle?.applying(event)) == nil else { continue }

            let words = RejectionWords(ImportRejection(.invalidOperationStatus, of: event, in: lifecycle))

            #expect(!words.next.isEmpty)
            #expect(words.message.hasSuffix("Next: \(words.next.joined(separator: ", or "))."))
            #expect(words.message.hasPrefix(lifecycle == nil ? "There is no import " : "The "))
            for call in words.next {
                let requested = try #require(Self.events[call])
                if let requested { #expect(throws: Never.self) { try lifecycle?.applying(requested) } }
                #expect(requested != event)
            }
        }
    }

    @Test func `when a file could not be read, then the words have its reason`() {
        let failure = ImportFileFailure(.empty, message: "Nothing is in it.", entry: "a.csv")
        let rejection = ImportRejection(.fileNotImported(failure), of: .start, in: ImportLifecycle(.ended(.failed)))

        let body = APIFailure.plain(rejection.documentedText).explaining(rejection).body

        #expect(body.error == "error-invalid-operation-status")
        #expect(body.import?.code == failure.code.rawValue)
        #expect(body.import?.message == "Nothing is in it.")
        #expect(body.import?.value == "a.csv")
        #expect(body.import?.state == "error")
        #expect(body.import?.next == ["import.new", "uploadImportFile"])
    }
}
