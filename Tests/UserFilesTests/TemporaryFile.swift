import Foundation
import ImportAPI
import UserFiles

/// A file that is removed with its last user.
final class TemporaryFile: Sendable {
    let directory: String
    let path: String

    init(_ bytes: some Sequence<UInt8>, name: String = "users") throws {
        directory = FileManager.default.temporaryDirectory.path + "/ferry-users-\(UUID().uuidString)"
        path = directory + "/" + name
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ text: String, name: String = "users") throws { try self.init(Array(text.utf8), name: name) }

    deinit {
        // A file that stays behind in the temporary directory harms no test.
        try? FileManager.default.removeItem(atPath: directory)
    }

    func open(_ options: UserFileOptions = UserFileOptions()) throws -> UserFile {
        try UserFile(path: path, options: options)
    }
}

/// What both passes over a file return.
struct Passes {
    let file: UserFile
    let check: UserFileCheck
    let users: [UserFileUser]

    var bodies: [StagedUserBody] { users.map(\.body) }

    init(_ text: String, options: UserFileOptions = UserFileOptions()) async throws {
        try await self.init(Array(text.utf8), options: options)
    }

    init(_ bytes: [UInt8], options: UserFileOptions = UserFileOptions()) async throws {
        let temporary = try TemporaryFile(bytes)
        file = try temporary.open(options)
        check = try await file.check()
        users = try await file.users(after: check).reduce(into: []) { $0.append($1) }
    }
}

/// A body with the fields that most tests compare.
func body(
    _ username: String?, _ emails: [String], ids: [String], name: String? = nil,
    _ change: (inout StagedUserBody) -> Void = { _ in }
) -> StagedUserBody {
    var body = StagedUserBody(emails: emails, importIds: ids)
    body.username = username
    body.name = name
    body.type = "user"
    change(&body)
    return body
}
