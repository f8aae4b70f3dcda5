import ImportDomain
import Testing

@Suite("Given the step of an operation")
struct ImportStateTests {
    @Test(arguments: [
        ("importer_new", "new"), ("importer_uploading", "loading"), ("importer_downloading_file", "loading"),
        ("importer_file_loaded", "loading"), ("importer_preparing_started", "loading"),
        ("importer_preparing_users", "loading"), ("importer_preparing_channels", "loading"),
        ("importer_preparing_messages", "loading"), ("importer_preparing_contacts", "loading"),
        ("importer_user_selection", "ready"), ("importer_importing_started", "importing"),
        ("importer_importing_users", "importing"), ("importer_importing_contacts", "importing"),
        ("importer_importing_channels", "importing"), ("importer_importing_messages", "importing"),
        ("importer_importing_files", "importing"), ("importer_finishing", "importing"), ("importer_done", "done"),
        ("importer_import_failed", "error"), ("importer_import_cancelled", "canceled"),
    ])
    func `when the operation is valid, then clients see the documented state`(step: String, state: String) throws {
        #expect(ImportState(step: try #require(ImportStep(rawValue: step)), isValid: true).rawValue == state)
    }

    @Test(arguments: ImportStep.allCases)
    func `when the operation is no longer valid, then only its end keeps its name`(step: ImportStep) {
        let state = ImportState(step: step, isValid: false)

        switch step {
        case .done: #expect(state == .done)
        case .cancelled: #expect(state == .canceled)
        default: #expect(state == .error)
        }
    }

    @Test func `when a worker moves on from the start, then it comes to the end`() {
        var step = ImportStep.importingStarted
        var count = 0
        while !step.isTerminal, count < 20 {
            step = step.next
            count += 1
        }

        #expect(step == .done)
        #expect(count == 7)
    }
}
