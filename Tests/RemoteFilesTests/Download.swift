import Foundation
import ImportDomain
import RemoteFiles
import Synchronization
import Testing

/// Scripted addresses, one list for each look-up of a host.
final class ScriptedResolver: HostResolver {
    private let state: Mutex<(answers: [String: [[String]]], asked: [String])>

    /// The last list of a host is repeated.
    init(_ answers: [String: [[String]]]) { state = Mutex((answers, [])) }

    /// The requested hosts, in order.
    var asked: [String] { state.withLock { $0.asked } }

    func addresses(of host: String) async throws(RemoteFileError) -> [IPAddress] {
        let texts = state.withLock { state in
            state.asked.append(host)
            guard let lists = state.answers[host] else { return [String]() }
            if lists.count > 1 { state.answers[host]?.removeFirst() }
            return lists[0]
        }
        if let address = IPAddress(host) { return [address] }
        guard !texts.isEmpty else {
            throw RemoteFileError(.hostUnknown, message: "No such host.", isPermanent: false)
        }
        return texts.compactMap(IPAddress.init)
    }
}

/// A clock that stands still on 1994-11-06 08:49:30 UTC.
struct StandingClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: 784_111_770_000) }
}

/// A directory for one download.
struct Download {
    /// The result of a download.
    enum Outcome {
        case file(RemoteFile, content: String)
        case failure(RemoteFileError)

        /// The error; records an issue if there is none.
        var error: RemoteFileError? {
            if case .failure(let error) = self { error } else { nil }
        }

        /// The content; nil when there is an error.
        var content: String? {
            if case .file(_, let content) = self { content } else { nil }
        }
    }

    var resolver: any HostResolver = ScriptedResolver(["files.test": [["127.0.0.1"]]])
    var allowlist = ["127.0.0.1"]
    var maximumBytes: Int64 = 1 << 20
    var totalTime = Duration.seconds(600)
    var idleTime = Duration.seconds(60)
    var acceptsPages = false
    /// Loading all authorities of the system for each test would take longer than the tests.
    var authoritiesFile = Bundle.module.path(forResource: "Fixtures/files.test", ofType: "pem")

    /// Fetches a URL; verifies that only a complete file is left.
    func run(_ url: String) async throws -> Outcome {
        let directory = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let fetcher = try HTTPFileFetcher(
            resolver: resolver, clock: StandingClock(), authoritiesFile: authoritiesFile)
        let request = RemoteFileRequest(
            url: url, maximumBytes: maximumBytes, totalTime: totalTime, idleTime: idleTime, allowlist: allowlist,
            acceptsPages: acceptsPages)
        let path = directory.appending(path: "file").path
        let outcome: Outcome
        var left: [String] = []
        do throws(RemoteFileError) {
            let file = try await fetcher.fetch(request, to: path)
            outcome = .file(file, content: try Self.content(at: path))
            left = ["file"]
        } catch {
            outcome = .failure(error)
        }
        await fetcher.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == left)
        try FileManager.default.removeItem(at: directory)
        return outcome
    }

    private static func content(at path: String) throws(RemoteFileError) -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw RemoteFileError(.storageFailed, message: "There is no file.", isPermanent: true)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
