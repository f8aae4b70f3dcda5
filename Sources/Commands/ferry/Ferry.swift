import ArgumentParser
import Composition
import Foundation

/// The command line.
@main
struct Ferry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ferry", abstract: "Imports users, rooms and messages into a Rocket.Chat-compatible workspace.",
        version: FerryServer.version, subcommands: [Serve.self, Migrate.self])

    /// Runs the command. Wrong usage ends with status 2; errors repeat arguments without passwords.
    ///
    /// On the main thread, before there are others.
    @MainActor static func main() async {
        ProcessMemory.shareArenas()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            let message = AddressText.withoutSecrets(fullMessage(for: error))
            FileHandle.standardError.write(Data((message + "\n").utf8))
            Foundation.exit(2)
        }
    }
}
