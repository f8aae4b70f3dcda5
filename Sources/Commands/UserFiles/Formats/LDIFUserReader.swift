internal import DelimitedText
internal import ExportFiles
internal import Foundation
internal import JSON

/// Reads the entries of an LDIF file.
///
/// Source: RFC 2849.
struct LDIFUserReader {
    private static let maximumValues = 10_000

    let options: UserFileOptions

    /// Reads all entries.
    func read(_ stream: any ByteSource, into intake: UserIntake) throws {
        let decoding = TextDecoding(expected: .utf8, keepsNULs: true)
        var lines = Unfolding(maximumLineBytes: options.maximumUserBytes)
        var entry = Entry()
        func take(_ line: UnsafeRawBufferPointer, _ number: Int, _ isTooLong: Bool) throws {
            if isTooLong {
                if entry.isEmpty { entry.line = number }
                entry.fault = UserFault(
                    .valueTooLong, line: number,
                    "A value has more than \(options.maximumUserBytes) bytes. Leave out attributes that are not imported."
                )
            } else if line.isEmpty {
                try finish(&entry, into: intake)
            } else {
                try add(line, number, to: &entry, intake)
            }
        }
        func feed(_ chunk: UnsafeRawBufferPointer) throws { try lines.feed(chunk, take) }
        try stream.read { try decoding.receive($0, feed) }
        try decoding.finish(feed)
        try lines.finish(take)
        try finish(&entry, into: intake)
        if decoding.hasReplacements {
            intake.note(
                .bytesReplaced, "Some bytes are not UTF-8 and were replaced with U+FFFD. Save the file as UTF-8.")
        }
    }

    /// An entry, as far as it is read.
    private struct Entry {
        var line = 0
        var values = LDIFEntry()
        var bytes = 0
        var count = 0
        var fault: UserFault?

        var isEmpty: Bool { line == 0 }
    }

    /// Receives a joined line and its number; the line is cut if it is too long.
    private typealias Body = (_ line: UnsafeRawBufferPointer, _ number: Int, _ isTooLong: Bool) throws -> Void

    /// Joins lines with those that continue them, and leaves out comments.
    private struct Unfolding {
        let maximumLineBytes: Int
        private var line: [UInt8] = []
        private var isComment = false
        private var isOversized = false
        private var lineNumber = 0
        private var firstNumber = 1
        /// The start of a physical line whose end has not arrived.
        private var rest: [UInt8] = []
        private var restIsOversized = false

        init(maximumLineBytes: Int) { self.maximumLineBytes = maximumLineBytes }

        mutating func feed(
            _ chunk: UnsafeRawBufferPointer, _ body: Body
        ) throws {
            var index = 0
            while index < chunk.count {
                let end = ByteSearch.first(0x0A, chunk, from: index, to: chunk.count)
                let part = UnsafeRawBufferPointer(rebasing: chunk[index..<end])
                index = end + 1
                if end == chunk.count || !rest.isEmpty || restIsOversized {
                    if rest.count + part.count > maximumLineBytes {
                        restIsOversized = true
                        rest = Array(rest.prefix(64))
                    }
                    if !restIsOversized { rest.append(contentsOf: part) }
                    guard end < chunk.count else { return }
                    let bytes = rest
                    let isOversized = restIsOversized
                    rest.removeAll(keepingCapacity: bytes.count < 1 << 16)
                    restIsOversized = false
                    try bytes.withUnsafeBytes { try physical($0, isOversized, body) }
                } else {
                    try physical(part, part.count > maximumLineBytes, body)
                }
            }
        }

        mutating func finish(_ body: Body) throws {
            if !rest.isEmpty || restIsOversized {
                let bytes = rest
                rest = []
                try bytes.withUnsafeBytes { try physical($0, restIsOversized, body) }
            }
            try handOut(body)
        }

        private mutating func physical(
            _ bytes: UnsafeRawBufferPointer, _ isTooLong: Bool, _ body: Body
        ) throws {
            lineNumber += 1
            var bytes = bytes
            if bytes.last == 0x0D { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
            if bytes.first == 0x20 {
                guard !isComment, !isOversized else { return }
                guard !isTooLong, line.count + bytes.count <= maximumLineBytes else {
                    isOversized = true
                    return
                }
                line.append(contentsOf: bytes.dropFirst())
                return
            }
            try handOut(body)
            firstNumber = lineNumber
            isComment = bytes.first == UInt8(ascii: "#")
            isOversized = isTooLong
            if isComment { return }
            if bytes.isEmpty { return try body(bytes, lineNumber, false) }
            line.append(contentsOf: bytes)
        }

        private mutating func handOut(_ body: Body) throws {
            defer {
                line.removeAll(keepingCapacity: line.count < 1 << 16)
                isComment = false
                isOversized = false
            }
            guard !isComment, !line.isEmpty || isOversized else { return }
            try line.withUnsafeBytes { try body($0, firstNumber, isOversized) }
        }
    }

    /// Adds a line to an entry.
    private func add(_ line: UnsafeRawBufferPointer, _ number: Int, to entry: inout Entry, _ intake: UserIntake) throws
    {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            if entry.isEmpty { entry.line = number }
            // A line of "-" separates changes of an entry; entries with changes are rejected by their kind.
            if entry.fault == nil, !line.elementsEqual("-".utf8) {
                entry.fault = UserFault(
                    .rowInvalid, line: number, value: String(decoding: line.prefix(200), as: UTF8.self),
                    "The line has no colon. Lines of LDIF are \"attribute: value\", and continued lines begin with a space."
                )
            }
            return
        }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        if name == "version", entry.isEmpty {
            let version = String(
                decoding: UnsafeRawBufferPointer(trimming: .init(rebasing: line[(colon + 1)...])), as: UTF8.self)
            guard version == "1" else {
                throw UserFileError(
                    .unrecognized, "The file is LDIF of version \(UserFault.shown(version)). Export it as version 1.",
                    field: "version", value: version)
            }
            return
        }
        if entry.isEmpty { entry.line = number }
        guard entry.fault == nil else { return }
        do throws(UserFault) {
            guard let value = try value(line, after: colon, name: name, number, intake) else { return }
            entry.bytes += value.count
            entry.count += 1
            guard entry.bytes <= 2 * options.maximumUserBytes, entry.count <= Self.maximumValues else {
                throw UserFault(
                    .valueTooLong, line: entry.line,
                    "The entry has more than \(2 * options.maximumUserBytes) bytes or \(Self.maximumValues) values. "
                        + "Leave out attributes that are not imported.")
            }
            entry.values.add(value, to: name)
        } catch {
            entry.fault = error
        }
    }

    /// The value of a line; nil for a URL, which is never fetched.
    private func value(
        _ line: UnsafeRawBufferPointer, after colon: Int, name: String, _ number: Int, _ intake: UserIntake
    ) throws(UserFault) -> [UInt8]? {
        let rest = line[(colon + 1)...]
        switch rest.first {
        case UInt8(ascii: ":"):
            let text = UnsafeRawBufferPointer(trimming: .init(rebasing: rest.dropFirst()))
            guard let data = Data(base64Encoded: Data(text)) else {
                throw UserFault(
                    .valueInvalid, line: number, field: name, value: String(decoding: text.prefix(200), as: UTF8.self),
                    "The value behind \"::\" is not base64.")
            }
            return Array(data)
        case UInt8(ascii: "<"):
            intake.note(
                .valueIgnored, line: number, field: name, "The value is a URL, which is never fetched; it is left out.")
            return nil
        default: return Array(rest.drop { $0 == 0x20 })
        }
    }

    private func finish(_ entry: inout Entry, into intake: UserIntake) throws {
        guard !entry.isEmpty else { return }
        let ended = entry
        entry = Entry()
        if let fault = ended.fault { return try intake.reject(fault) }
        let draft: UserDraft?
        do throws(UserFault) {
            draft = try ended.values.draft(line: ended.line, intake)
        } catch {
            return try intake.reject(error)
        }
        if let draft { try intake.take(draft) }
    }
}
