import ArgumentParser
import Composition
import Configuration
import Foundation
import Logging

/// `ferry serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts the server.",
        discussion: """
            Environment variables have Rocket.Chat's names: PORT, BIND_IP, ROOT_URL, ADMIN_USERNAME, ADMIN_PASS, \
            ADMIN_EMAIL and ADMIN_NAME (first start only), and DATABASE_URL, FERRY_DATA, FERRY_WORKERS and \
            FERRY_LOG_LEVEL. Flags override them.
            """)

    @Option(help: "Address to listen on (default: 127.0.0.1).")
    var host: String?

    @Option(help: "Port to listen on, 0 for any free one (default: 3000).")
    var port: Int?

    @Option(
        help:
            "Database of the workspace: sqlite:PATH or postgres://HOST/DATABASE (default: a file in the data directory)."
    )
    var database: String?

    @Option(help: "Directory of the workspace's files (default: ferry-data).")
    var data: String?

    func validate() throws {
        guard let port, !(0...65_535).contains(port) else { return }
        throw ValidationError("A port is a number from 0 to 65535, not \(port).")
    }

    func run() async throws {
        do {
            let configuration = try ServerConfiguration(
                flags: .init(host: host, port: port, database: database, data: data),
                environment: ConfigReader(provider: EnvironmentVariablesProvider()))
            LoggingSystem.bootstrap { label in
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = configuration.logLevel
                return handler
            }
            try await FerryServer(configuration: configuration, logger: Logger(label: "ferry")).run { greeting in
                FileHandle.standardOutput.write(Data((greeting.text + "\n").utf8))
            }
        } catch {
            FileHandle.standardError.write(Data("ferry: \(StartFailure.sentence(for: error))\n".utf8))
            throw ExitCode(4)
        }
    }
}
