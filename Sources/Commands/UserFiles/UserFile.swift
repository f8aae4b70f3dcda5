internal import Dispatch
internal import ExportFiles
internal import Foundation
internal import JSON
internal import Synchronization

/// A list of users in a file: JSON, JSON lines, CSV, LDIF or SCIM, compressed or not.
///
/// The file is read twice: `check` validates all users before anything is sent, `users` returns the valid ones. Memory
/// does not depend on the size of the file.
///
/// Source: docs/users-add.md.
public final class UserFile: Sendable {
    /// The format.
    public let format: UserFileFormat
    /// The size of the file, for progress.
    public let sizeBytes: Int64
    /// What columns become; nil for formats without columns.
    public let columns: ColumnPlan?

    private let path: String
    private let options: UserFileOptions
    private let identity: FileIdentity

    /// Detects the format, and reads the header of CSV.
    ///
    /// It blocks while it reads the beginning of the file.
    ///
    /// - Throws: `UserFileError` if the file is not a list of users, or `options.map` does not fit it.
    public init(path: String, options: UserFileOptions = UserFileOptions()) throws {
        self.path = path
        self.options = options
        identity = try FileIdentity(path: path)
        sizeBytes = identity.size
        do {
            let stream = try ExportStream(path: path)
            format = try options.format ?? Self.format(of: stream, path: path)
            guard options.map == nil || format == .csv else {
                throw UserFileError(
                    .invalidMap, "A mapping of columns is for CSV; the file is \(format.rawValue).", field: "map",
                    value: options.map)
            }
            columns = format == .csv ? try CSVUserReader.plan(of: stream, options: options) : nil
        } catch let error as ExportFileError {
            throw UserFileError(error)
        }
    }

    /// The format of a file by its content.
    private static func format(of stream: ExportStream, path: String) throws -> UserFileFormat {
        switch stream.contentKind {
        case .jsonLines: return .jsonl
        case .json:
            if try isSingleUser(stream) { return .jsonl }
            return try ExportFormat.detect(path: path) == .scim ? .scim : .json
        case .delimitedText:
            switch try ExportFormat.detect(path: path) {
            case .ldif: return .ldif
            case .some(let format) where [.discord, .messageTable].contains(format): throw format.refusal()
            default: return .csv
            }
        case let kind:
            throw kind.refusal(expected: "a list of users in JSON, JSON lines, CSV, LDIF or SCIM")
        }
    }

    /// The beginning is read; the rest is not needed.
    private struct HasBegun: Error {}

    /// Whether the whole file is one line with one user: JSON lines with a single line.
    private static func isSingleUser(_ stream: ExportStream) throws -> Bool {
        var isUser = false
        do {
            try stream.read { chunk in
                // An incomplete object, and anything that is not JSON, is not a single line.
                if let value = try? JSONValue(parsing: Array(chunk)), value.kind == .object {
                    isUser =
                        ["users", "Resources", "resources"].allSatisfy { value[$0] == nil }
                        && ["username", "userName", "emails", "email", "importIds", "data"].contains {
                            value[$0] != nil
                        }
                }
                throw HasBegun()
            }
        } catch is HasBegun {}
        return isUser
    }

    // MARK: First pass

    /// Validates all users and finds those that repeat earlier ones. Nothing is sent.
    ///
    /// - Parameter onProgress: called on the reading thread, every 256 KiB.
    /// - Throws: `UserFileError` if the file cannot be read to its end, and `CancellationError`.
    public func check(
        onProgress: @escaping @Sendable (UserFileProgress) -> Void = { _ in }
    ) async throws -> UserFileCheck {
        try await onThread { [self] isCancelled in try check(isCancelled, onProgress) }
    }

    private func check(
        _ isCancelled: CancellationFlag, _ onProgress: @escaping @Sendable (UserFileProgress) -> Void
    ) throws -> UserFileCheck {
        var search = DuplicateSearch(directory: options.temporaryDirectory)
        var (valid, invalid) = (0, 0)
        var faults: [UserFault] = []
        let intake = UserIntake { ordinal, draft in
            valid += 1
            try search.add(draft, ordinal: ordinal)
        } onFault: { [options] _, fault in
            invalid += 1
            if faults.count < options.maximumReported { faults.append(fault) }
        }
        try read(into: intake, isCancelled) { bytes in
            onProgress(UserFileProgress(bytesRead: bytes, users: valid, invalid: invalid))
        }
        guard valid + invalid > 0 else {
            throw UserFileError(
                .empty, "The file lists no users." + (intake.notices.first.map { " \($0.message)" } ?? ""))
        }
        let duplicates = try search.finish()
        faults += try duplicateFaults(duplicates, isCancelled)
        faults.sort { $0.line < $1.line }
        return UserFileCheck(
            users: valid - duplicates.count, invalid: invalid + duplicates.count,
            faults: Array(faults.prefix(options.maximumReported)), notices: intake.notices, duplicates: duplicates,
            identity: identity)
    }

    /// The first duplicates as faults; their values are read from the file once more.
    private func duplicateFaults(
        _ duplicates: DuplicateUsers, _ isCancelled: CancellationFlag
    ) throws -> [UserFault] {
        guard duplicates.count > 0 else { return [] }
        var list = duplicates.list()
        var wanted: [DuplicateUser] = []
        while wanted.count < options.maximumReported, let user = try list.next() {
            // One fault for each user, by its username if that is repeated.
            if user.ordinal != wanted.last?.ordinal { wanted.append(user) }
        }
        var faults: [UserFault] = []
        var next = wanted[...]
        let intake = UserIntake { ordinal, draft in
            guard let user = next.first else { throw HasBegun() }
            guard ordinal == user.ordinal else { return }
            next.removeFirst()
            faults.append(
                UserFault(
                    .duplicate, line: user.line, field: user.key.field, value: user.value(in: draft),
                    "The user of line \(user.firstLine) has it too. Keep one of them, or correct the other."))
        }
        do {
            try read(into: intake, isCancelled) { _ in }
        } catch is HasBegun {}
        return faults
    }

    // MARK: Second pass

    /// The valid users, in the order of the file.
    ///
    /// - Parameters:
    ///   - check: the first pass over the file.
    ///   - count: how many valid users are left out at the beginning.
    /// - Returns: a sequence that reads the file while it is iterated. It throws `UserFileError`, with `changed` if the
    ///   file is not the one that was checked.
    public func users(after check: UserFileCheck, skippingFirst count: Int = 0) -> UserFileUsers {
        UserFileUsers { [self] take, isCancelled in
            try readUsers(after: check, skippingFirst: count, isCancelled, take)
        }
    }

    /// The line of a valid user, by its index among the valid ones; nil if there are fewer.
    ///
    /// - Throws: as the sequence of users does.
    public func line(ofUser index: Int, after check: UserFileCheck) async throws -> Int? {
        for try await user in users(after: check, skippingFirst: index) { return user.line }
        return nil
    }

    private func readUsers(
        after check: UserFileCheck, skippingFirst count: Int, _ isCancelled: CancellationFlag,
        _ take: (UserFileUser) throws -> Void
    ) throws {
        guard check.identity == identity else { throw Self.changed(path) }
        var duplicates = check.duplicates.list()
        var duplicate = try duplicates.next()
        var index = 0
        try withoutActuallyEscaping(take) { take in
            let intake = UserIntake { ordinal, draft in
                var isDuplicate = false
                while let found = duplicate, found.ordinal <= ordinal {
                    if found.ordinal == ordinal { isDuplicate = true }
                    duplicate = try duplicates.next()
                }
                guard !isDuplicate else { return }
                index += 1
                if index > count { try take(UserFileUser(body: draft.body, line: draft.line, index: index - 1)) }
            }
            try read(into: intake, isCancelled) { _ in }
        }
        // A file that was replaced during the reading can have other users than those that were checked.
        guard index == check.users else { throw Self.changed(path) }
    }

    private static func changed(_ path: String) -> UserFileError {
        UserFileError(
            .changed, "\(path) changed after it was checked. Run the command again with the complete file.", value: path
        )
    }

    // MARK: Headers

    /// Keeps the mapping for later files with the same header, if the caller gave one.
    ///
    /// - Throws: `UserFileError` if the mapping cannot be written.
    public func rememberColumns() throws {
        guard let columns, columns.origin == .given, let map = columns.map, let headers = options.headers else {
            return
        }
        try headers.remember(map, of: columns.headerNames)
    }

    /// A table to start from.
    public static let template = """
        username,email,name,importid,roles,type,bio,statustext,utcoffset,avatarurl,deleted,password\r
        mara.vale,mara.vale@example.org,Mara Vale,1001,user,user,Pilot,,1,,no,\r
        odo.quist,odo.quist@example.org;odo@example.net,Odo Quist,1002,user;moderator,user,,,5.5,,no,\r

        """

    // MARK: Reading

    /// Reads the file once.
    private func read(
        into intake: UserIntake, _ isCancelled: CancellationFlag, onProgress: @escaping (Int64) -> Void
    ) throws {
        guard try FileIdentity(path: path) == identity else { throw Self.changed(path) }
        do {
            let stream = try ExportStream(path: path) { try isCancelled.check() }
            let progress = ProgressSource(stream, onProgress)
            switch format {
            case .json: try JSONUserReader(hasLines: false, options: options).read(progress, into: intake)
            case .jsonl: try JSONUserReader(hasLines: true, options: options).read(progress, into: intake)
            case .scim:
                let hasLines = stream.contentKind == .jsonLines
                try JSONUserReader(hasLines: hasLines, options: options).read(progress, into: intake)
            case .ldif: try LDIFUserReader(options: options).read(progress, into: intake)
            case .csv:
                if let columns { try CSVUserReader(plan: columns, options: options).read(progress, into: intake) }
            }
        } catch let error as ExportFileError {
            throw UserFileError(error)
        }
    }

    /// Runs a reading on a thread of its own; cancelling the task cancels it.
    private func onThread<Result: Sendable>(
        _ body: @escaping @Sendable (CancellationFlag) throws -> Result
    ) async throws -> Result {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue(label: "ferry.user-file").async {
                    continuation.resume(with: Swift.Result { try body(flag) })
                }
            }
        } onCancel: {
            flag.cancel()
        }
    }
}

/// Tells a reading thread that nobody wants its result any more.
final class CancellationFlag: Sendable {
    private let isCancelled = Atomic(false)

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError` after `cancel`.
    func check() throws {
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    }
}

/// A stream that reports how much of it was read.
final class ProgressSource: ByteSource {
    private let stream: ExportStream
    private let onProgress: (Int64) -> Void

    init(_ stream: ExportStream, _ onProgress: @escaping (Int64) -> Void) {
        self.stream = stream
        self.onProgress = onProgress
    }

    var entryName: String? { nil }

    func checkpoint() throws { try stream.checkpoint() }

    func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try stream.read { chunk in
            try body(chunk)
            onProgress(stream.compressedBytesRead)
        }
    }
}
