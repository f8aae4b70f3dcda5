internal import DelimitedText
internal import ExportFiles
internal import JSON

/// Reads users from JSON: an array, an object with the array `users` or `Resources`, or one user per line.
struct JSONUserReader {
    let hasLines: Bool
    let options: UserFileOptions
    private let limits: JSONLimits

    init(hasLines: Bool, options: UserFileOptions) {
        self.hasLines = hasLines
        self.options = options
        limits = JSONLimits(maximumDepth: JSONUser.maximumDepth, maximumElementBytes: options.maximumUserBytes)
    }

    /// Reads all users.
    func read(_ stream: any ByteSource, into intake: UserIntake) throws {
        let decoding = TextDecoding(expected: .utf8)
        if hasLines {
            try readLines(stream, decoding, into: intake)
        } else {
            try readElements(stream, decoding, into: intake)
        }
        if decoding.hasReplacements {
            intake.note(
                .bytesReplaced, "Some bytes are not UTF-8 and were replaced with U+FFFD. Save the file as UTF-8.")
        }
        if decoding.removedNULs > 0 {
            intake.note(.bytesReplaced, count: decoding.removedNULs, "NUL characters were removed.")
        }
    }

    private func readLines(_ stream: any ByteSource, _ decoding: TextDecoding, into intake: UserIntake) throws {
        var splitter = JSONLineSplitter(limits: limits)
        var line = 0
        func oversized(_ error: JSONError) throws {
            try intake.reject(UserFault(.rowInvalid, line: line + 1, tooLarge))
        }
        func take(_ bytes: UnsafeRawBufferPointer, _ number: Int, _ offset: Int) throws {
            line = number
            try self.take(bytes, isSCIM: false, line: number, into: intake)
        }
        try stream.read { try decoding.receive($0) { try splitter.feed($0, oversized: oversized, take) } }
        try decoding.finish { try splitter.feed($0, oversized: oversized, take) }
        try splitter.finish(oversized: oversized, take)
    }

    private var tooLarge: String {
        "The user has more than \(limits.maximumElementBytes) bytes. Leave out what is not to be imported."
    }

    private func readElements(_ stream: any ByteSource, _ decoding: TextDecoding, into intake: UserIntake) throws {
        var splitter = JSONElementSplitter(limits: limits, splitsRootArray: true, recovers: true)
        var lines = LineCounter()
        var isInUsers = false
        var isSCIM = false
        var hasUsers = false
        func take(_ event: JSONElementSplitter.Event) throws {
            switch event {
            case .root(let kind):
                isInUsers = kind == .array
                hasUsers = isInUsers
                guard kind == .array || kind == .object else { throw Self.noUsers }
            case .member(let key, let kind):
                let key = key.lowercased()
                isSCIM = key == "resources"
                isInUsers = isSCIM || key == "users"
                if isInUsers, kind == .array { hasUsers = true }
            case .value: break
            case .element(let bytes, let offset):
                guard isInUsers else { return }
                try self.take(bytes, isSCIM: isSCIM, line: lines.line(at: offset, of: bytes), into: intake)
            case .broken(let error):
                let message =
                    error.code == .elementTooLarge
                    ? tooLarge : "\(error) Correct the JSON there; a user may be lost."
                try intake.reject(UserFault(.rowInvalid, line: lines.line(at: error.offset), message))
            }
        }
        func feed(_ chunk: UnsafeRawBufferPointer) throws {
            lines.begin(chunk)
            try splitter.feed(chunk, take)
            lines.endChunk()
        }
        try stream.read { try decoding.receive($0, feed) }
        try decoding.finish(feed)
        do {
            try splitter.finish(take)
        } catch let error as JSONError {
            guard hasUsers else { throw Self.noUsers }
            try intake.reject(
                UserFault(
                    .rowInvalid, line: lines.line,
                    "\(error) The file is cut off: export it again."))
        }
        guard hasUsers else { throw Self.noUsers }
    }

    private static var noUsers: UserFileError {
        UserFileError(
            .unrecognized,
            "The JSON is not a list of users. Write an array of users, {\"users\": […]}, a SCIM ListResponse, or one user per "
                + "line.")
    }

    private func take(
        _ bytes: UnsafeRawBufferPointer, isSCIM: Bool, line: Int, into intake: UserIntake
    ) throws {
        let draft: UserDraft?
        do throws(UserFault) {
            draft = try JSONUser(options: options, line: line, intake: intake).draft(bytes, isSCIM: isSCIM)
        } catch {
            return try intake.reject(error)
        }
        if let draft { try intake.take(draft) }
    }
}

/// Counts the lines of a text that arrives in chunks.
private struct LineCounter {
    /// The line of `counted`, from 1.
    private(set) var line = 1
    private var chunkStart = 0
    private var chunkLine = 1
    /// The offset up to which line breaks are counted, within the chunk.
    private var counted = 0
    private var chunk = UnsafeRawBufferPointer(start: nil, count: 0)

    /// Begins a chunk, which has to stay valid until `endChunk`.
    mutating func begin(_ bytes: UnsafeRawBufferPointer) {
        chunk = bytes
        (counted, chunkLine) = (0, line)
    }

    /// Counts the rest of the chunk.
    mutating func endChunk() {
        count(to: chunk.count)
        chunkStart += chunk.count
        chunk = UnsafeRawBufferPointer(start: nil, count: 0)
        (counted, chunkLine) = (0, line)
    }

    private mutating func count(to end: Int) {
        guard end > counted else { return }
        var index = counted
        while index < end {
            let next = ByteSearch.first(0x0A, chunk, from: index, to: end)
            if next < end { line += 1 }
            index = next + 1
        }
        counted = end
    }

    /// The line of an offset in the chunk, or of the chunk's start if the offset precedes it.
    mutating func line(at offset: Int) -> Int {
        guard offset >= chunkStart else { return chunkLine }
        count(to: min(offset - chunkStart, chunk.count))
        return line
    }

    /// The line where an element begins, which may have begun in an earlier chunk.
    mutating func line(at offset: Int, of element: UnsafeRawBufferPointer) -> Int {
        guard offset < chunkStart else { return line(at: offset) }
        let before = element.prefix(chunkStart - offset)
        return chunkLine - before.count(where: { $0 == 0x0A })
    }
}
