import FerryClient
import Foundation
import ImportAPI

/// Imports users, or an export file, with a personal access token.
///
/// Usage: `ImportExample users users.csv` (columns: id, username, name, email), or `ImportExample file export.zip slack`.
@main
struct ImportExample {
    /// Reads the environment and the arguments.
    static func main() async throws {
        let (arguments, environment) = (CommandLine.arguments, ProcessInfo.processInfo.environment)
        guard let server = environment["FERRY_SERVER"], let id = environment["FERRY_USER_ID"],
            let token = environment["FERRY_AUTH_TOKEN"], arguments.count > 2
        else {
            print("Set FERRY_SERVER, FERRY_USER_ID and FERRY_AUTH_TOKEN, and name a command and a file.")
            exit(2)
        }
        let client = try FerryClient(server, session: Session(userID: id, token: token))
        switch arguments[1] {
        case "users": exit(try await importUsers(of: arguments[2], with: client))
        case "file":
            let importer = arguments.count > 3 ? arguments[3] : "slack"
            exit(try await importFile(arguments[2], importer: importer, with: client))
        default:
            print("The commands are users and file.")
            exit(2)
        }
    }

    /// Imports the users of a table without quoted cells; the first line has the names of the columns.
    static func importUsers(of path: String, with client: FerryClient) async throws -> Int32 {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        let users = AsyncStream<StagedUserBody> { stream in
            for line in lines.dropFirst() {
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                var user = StagedUserBody(emails: [cells[3]], importIds: [cells[0]])
                user.username = cells[1]
                user.name = cells[2]
                stream.yield(user)
            }
            stream.finish()
        }
        try await client.newImport()
        try await client.stageUsers(users) { print("\($0.total) users are staged.") }
        try await client.run()
        return try await finish(with: client)
    }

    /// Uploads an export file, shows what the import would do, and imports everything.
    static func importFile(_ path: String, importer: String, with client: FerryClient) async throws -> Int32 {
        try await client.upload(UploadFile(URL(filePath: path)), importerKey: importer, form: .multipart)
        let content = try await client.waitForFileData()
        print(
            "\(content.users.count) users, \(content.channels.count) rooms, \(content.message_count) messages in the file"
        )
        for total in try await client.findings().totals { print("\(total.severity) \(total.code): \(total.elements)") }

        var input = StartBody.Input()
        input.users = .everything
        input.channels = .everything
        input.contacts = .everything
        var check = CheckBody()
        check.input = input
        let summary = try await client.check(check).summary.total
        print("would create \(summary.create), update \(summary.update), fail \(summary.fail)")

        try await client.startImport(input)
        let status = try await finish(with: client)
        print(try await client.report(as: .markdown))
        return status
    }

    /// Waits until the import has ended and reports it.
    ///
    /// - Returns: 0 (everything is imported), 3 (some records failed), 4 (the import failed) or 5 (it was canceled).
    private static func finish(with client: FerryClient) async throws -> Int32 {
        for try await report in client.progress() {
            print("\(report.done) of \(report.total), \(report.failed) failed")
        }
        let status = try await client.status()
        let failed = status.operation?.count?.error ?? 0
        if failed > 0 {
            for failure in try await client.failures().failures { print("\(failure.type) \(failure.message)") }
        }
        return switch status.state {
        case "error": 4
        case "canceled": 5
        default: failed == 0 ? 0 : 3
        }
    }
}
