import ArgumentParser
import Composition
import Dispatch
import Foundation

/// `ferry migrate`.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies a whole workspace from one database to another.",
        discussion: """
            Everything goes along: accounts, roles, settings, sessions, operations and the staging area, so that a \
            server on the destination goes on where the one on the source stopped. Stop every server of both databases \
            first. The destination has to be empty; the source stays as it is.

            What was written is read back and compared with the source. Until that is done no server starts on the \
            destination. After an interruption run the same command again: it starts over.

              ferry migrate --from sqlite:ferry-data/ferry.sqlite --to postgres://ferry@db.example.com/ferry

            A password may stand in the address, in PGPASSWORD or in ~/.pgpass. Progress goes to standard error, the \
            table of what was copied to standard output. Exit status: 0 copied and verified, 2 wrong use, 4 refused or \
            failed, 5 interrupted.
            """)

    @Option(help: "Source: sqlite:PATH or postgres://user:password@host:port/name.")
    var from: String

    @Option(help: "Destination, in the same form. Must be empty.")
    var to: String

    @Flag(help: "Prints the result as JSON.")
    var json = false

    func run() async throws {
        let move = try Self.exiting(with: 2) { try WorkspaceMove(from: from, to: to) }
        let terminal = MigrationTerminal()
        let start = ContinuousClock.now
        let task = Task { try await move.run { terminal.show($0) } }
        let signals = [SIGINT, SIGTERM].map { Self.onSignal($0) { task.cancel() } }
        let result = await task.result
        signals.forEach { $0.cancel() }
        terminal.end()
        do {
            let tables = try result.get()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let summary = MigrationSummary(tables: tables, seconds: seconds)
            FileHandle.standardOutput.write(Data((json ? summary.json : summary.text).utf8))
        } catch is CancellationError {
            Self.complain("Interrupted. The destination is incomplete. Run the same command again; it starts over.")
            throw ExitCode(5)
        } catch {
            try Self.exiting(with: 4) { throw error }
        }
    }

    private static func exiting<Result>(with status: Int32, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            complain(StartFailure.sentence(for: error))
            throw ExitCode(status)
        }
    }

    private static func complain(_ sentence: String) {
        FileHandle.standardError.write(Data("ferry: \(sentence)\n".utf8))
    }

    /// Calls `work` on a signal that would otherwise end the process.
    private static func onSignal(_ number: Int32, _ work: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: work)
        source.resume()
        return source
    }
}
