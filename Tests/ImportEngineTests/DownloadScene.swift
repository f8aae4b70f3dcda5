import DirectoryFileStore
import HostileServers
import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import WorkspaceServices

/// A room whose messages carry files at web URLs.
struct DownloadScene {
    let workspace: TestWorkspace

    /// The header of an image of one pixel.
    static let picture = "GIF89a\u{1}\u{0}\u{1}\u{0}\u{0}\u{0}\u{0};"

    /// Runs a test in a workspace that may fetch from the loopback address.
    static func with(
        allowlist: String = "127.0.0.1", _ test: (DownloadScene) async throws -> Void
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.settings.set(.text(allowlist), of: Settings.privateHosts.id)
            let room = Room(id: RoomID("r"), kind: .channel, name: "r", createdAt: workspace.clock.now())
            try await workspace.store.write { try $0.rooms.insert([room], by: ImportNumber(1)) }
            try await test(DownloadScene(workspace: workspace))
        }
    }

    /// A message that carries a file.
    ///
    /// - Parameter id: the source's id of the file.
    func add(_ message: String, carrying id: String, at url: String) async throws {
        let written = Message(
            id: MessageID(message), roomID: RoomID("r"), authorID: UserID("a"), writtenAt: workspace.clock.now(),
            sequence: 1, text: message)
        let file = FileReference(id: id, name: "\(id).gif", source: "slack", location: .remote(url: url))
        try await workspace.store.write { transaction in
            try transaction.messages.insert([written])
            try transaction.downloads.enqueue([WantedFile(file, in: written)], by: nil)
        }
    }

    /// The file that a message carries.
    func file(_ message: String) async throws -> MessageDetails.File {
        let found = try await workspace.store.read { try $0.messages.find(ids: [MessageID(message)]).first }
        return try #require(found?.details.file)
    }

    /// How many downloads are in a state.
    func count(_ state: Download.State) async throws -> Int {
        try await workspace.store.read { try $0.downloads.downloadCounts()[state] ?? 0 }
    }

    /// Fetches due downloads with a new worker.
    ///
    /// - Returns: whether anything was.
    @discardableResult
    func fetch(_ change: (inout DownloadWorker.Limits) -> Void = { _ in }) async throws -> Bool {
        try await worker(change).step()
    }

    /// A worker without pauses between attempts, by default.
    func worker(_ change: (inout DownloadWorker.Limits) -> Void = { _ in }) throws -> DownloadWorker {
        var limits = DownloadWorker.Limits()
        limits.retryDelays = [.zero, .zero]
        change(&limits)
        return try workspace.downloadWorker(limits: limits)
    }
}

extension MessageDetails.File {
    /// Whether the workspace has it.
    var isStored: Bool { mediaType != nil }

    /// The media type, once the workspace has it.
    var mediaType: String? { if case .stored(_, let mediaType, _, _) = state { mediaType } else { nil } }

    /// The size of an image.
    var pixels: PixelSize? { if case .stored(_, _, _, let pixels) = state { pixels } else { nil } }

    /// Why it could not be fetched.
    var reason: String? { if case .unavailable(.notFetched(let reason)) = state { reason } else { nil } }
}
