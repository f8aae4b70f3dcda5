import ImportAPI
import ImportDomain
import Testing

@testable import ImportServer

@Suite("Given the phase of an operation")
struct ImportWordsTests {
    @Test(arguments: [
        (ImportPhase.created, "importer_new", "new"), (.receiving(.client), "importer_uploading", "loading"),
        (.receiving(.address), "importer_downloading_file", "loading"), (.received, "importer_file_loaded", "loading"),
        (.reading(nil), "importer_preparing_started", "loading"),
        (.reading(.user), "importer_preparing_users", "loading"),
        (.reading(.contact), "importer_preparing_contacts", "loading"),
        (.reading(.room), "importer_preparing_channels", "loading"),
        (.reading(.message), "importer_preparing_messages", "loading"), (.ready, "importer_user_selection", "ready"),
        (.running(.starting), "importer_importing_started", "importing"),
        (.running(.users), "importer_importing_users", "importing"),
        (.running(.contacts), "importer_importing_contacts", "importing"),
        (.running(.rooms), "importer_importing_channels", "importing"),
        (.running(.messages), "importer_importing_messages", "importing"),
        (.running(.files), "importer_importing_files", "importing"),
        (.running(.finishing), "importer_finishing", "importing"), (.undoing, "importer_undoing", "importing"),
        (.ended(.done), "importer_done", "done"), (.ended(.failed), "importer_import_failed", "error"),
        (.ended(.canceled), "importer_import_cancelled", "canceled"),
        (.ended(.undone), "importer_import_cancelled", "canceled"),
    ])
    func `when clients ask for it, then they get Rocket-Chat's words`(
        phase: ImportPhase, status: String, state: String
    ) {
        #expect(ImportStatus(phase).rawValue == status)
        #expect(ImportState(ImportLifecycle(phase: phase, control: .none, isRetired: false)).rawValue == state)
    }

    @Test func `when there never was an operation, then the state reports it`() {
        #expect(ImportState(nil).rawValue == "none")
    }
}
