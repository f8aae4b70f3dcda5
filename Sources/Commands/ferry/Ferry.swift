import ArgumentParser
import Composition

/// The command line.
@main
struct Ferry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ferry", abstract: "Moves users, rooms and messages into a Rocket.Chat-compatible workspace.",
        version: FerryServer.version, subcommands: [Serve.self])
}
