import DelimitedText
import ImportDomain
import JSON

/// The forms in which failed records can be sent back.
public enum RetryBodyFormat: Sendable {
    /// `{"ids": […], "records": [{"id": …, "data": {…}}], …}`, or nothing.
    case json
    /// One record a line: as `import.failures` returned it, or with the fields of `records`.
    case lines
    /// The table that `import.failures` returned.
    case table
}

/// What a body says about one failed record.
struct RetryItem: Sendable {
    enum Content: Sendable {
        case again
        case skip
        /// The record as JSON.
        case document(String)
        case row(FailureTable.Row)
    }

    let id: String
    /// Its index among the corrections of the body.
    let index: Int
    let content: Content

    /// The line of a table; nil for other bodies.
    var line: Int? { if case .row(let row) = content { row.line } else { nil } }

    /// Whether it may correct the record.
    var isCorrection: Bool {
        switch content {
        case .again, .skip: false
        case .document, .row: true
        }
    }

    /// About how many bytes it has.
    var sizeBytes: Int {
        switch content {
        case .again, .skip: 64
        case .document(let document): document.utf8.count
        case .row(let row): row.sizeBytes
        }
    }
}

/// A body that is split into items while it arrives.
protocol RetryBody {
    /// Reads the next bytes.
    ///
    /// - Throws: `InvalidBody`.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) throws
    /// Reads the rest.
    ///
    /// - Throws: `InvalidBody`.
    mutating func finish() throws
    /// Removes and returns the items that were read.
    mutating func take() -> [RetryItem]
    /// Which records the body names beside its items; meaningful at its end.
    var scope: RetryBodyScope { get }
}

/// Which records a body is about.
struct RetryBodyScope: Sendable {
    /// The operation; nil if the body names none.
    var operation: OperationID?
    /// Failed records of this kind, all by default.
    var filter = FailureFilter()
    /// Whether it lists ids, and so is about no other records unless it has a filter.
    var isListed = false
    /// Columns that mean nothing.
    var ignoredColumns: [String] = []
    /// The policies of the run, as JSON text; nil if the body has none.
    var policies: String?
}

/// The corrections of records, as JSON.
private enum RetryItemDocument {
    /// An element of `records`.
    static func item(_ value: JSONValue, index: Int) throws -> RetryItem {
        guard case .object(let members) = value else { throw InvalidBody(.wrongKind(expected: .object), index: index) }
        if let failure = value[FailureDocument.key] {
            return RetryItem(
                id: try id(failure["id"], index: index), index: index, content: .document(value.serialized()))
        }
        if let other = members.first(where: { !["id", "data", "skip"].contains($0.key) }) {
            throw InvalidBody(.additionalProperty(other.key), index: index, field: other.key)
        }
        let id = try id(value["id"], index: index)
        switch value["skip"] {
        case .boolean(true)?: return RetryItem(id: id, index: index, content: .skip)
        case .boolean(false)?, .null?, nil: break
        default: throw InvalidBody(.wrongKind(expected: .boolean), index: index, field: "skip")
        }
        switch value["data"] {
        case nil: return RetryItem(id: id, index: index, content: .again)
        case .object?:
            return RetryItem(id: id, index: index, content: .document(value["data"]?.serialized() ?? "{}"))
        default: throw InvalidBody(.wrongKind(expected: .object), index: index, field: "data")
        }
    }

    static func id(_ value: JSONValue?, index: Int) throws -> String {
        switch value {
        case .string(let id)?: return id
        case .number(let number)?: return number.identifyingText
        case nil: throw InvalidBody(.missingProperty("id"), index: index, field: "id")
        default: throw InvalidBody(.wrongKind(expected: .string), index: index, field: "id")
        }
    }
}

/// `{"ids": […], "records": […], "type": …, "code": …, "operationId": …, "policy": …}`, or nothing.
struct JSONRetryBody: RetryBody {
    private var splitter: JSONElementSplitter
    private let limits: JSONLimits
    private var isEmpty = true
    private var contents = Contents()

    private struct Contents {
        var root: JSONKind?
        var member = ""
        var items: [RetryItem] = []
        var scope = RetryBodyScope()
        var recordCount = 0
    }

    init(limits: JSONLimits) {
        self.limits = limits
        splitter = JSONElementSplitter(limits: limits)
    }

    var scope: RetryBodyScope { contents.scope }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        isEmpty = false
        try InvalidBody.translating("records") {
            try splitter.feed(bytes) { try Self.take($0, &contents, limits) }
        }
    }

    mutating func finish() throws {
        guard !isEmpty else { return }
        try InvalidBody.translating("records") {
            try splitter.finish { try Self.take($0, &contents, limits) }
        }
        guard contents.root == .object else { throw InvalidBody(.wrongKind(expected: .object)) }
    }

    mutating func take() -> [RetryItem] {
        defer { contents.items = [] }
        return contents.items
    }

    private static func take(
        _ event: JSONElementSplitter.Event, _ contents: inout Contents, _ limits: JSONLimits
    ) throws {
        switch event {
        case .root(let kind): contents.root = kind
        case .member(let key, let kind):
            contents.member = key
            switch key {
            case "ids", "records":
                guard kind == .array else { throw InvalidBody(.wrongKind(expected: .array), field: key) }
                if key == "ids" { contents.scope.isListed = true }
            case "policy" where kind == .array: throw InvalidBody(.wrongKind(expected: .object), field: key)
            case "type", "code", "operationId", "policy": break
            default: throw InvalidBody(.additionalProperty(key), field: key)
            }
        case .value(let bytes, _) where contents.member == "policy":
            contents.scope.policies = String(decoding: bytes, as: UTF8.self)
        case .value(let bytes, let offset):
            var reader = JSONReader(bytes, limits: limits, baseOffset: offset)
            let text: String?
            do {
                text = try RecordJSON.string(&reader)
            } catch let error as InvalidBody {
                throw InvalidBody(error.reason, field: contents.member)
            }
            try reader.finish()
            guard let text else { return }
            try set(contents.member, of: &contents.scope, to: text)
        case .element(let bytes, let offset):
            var reader = JSONReader(bytes, limits: limits, baseOffset: offset)
            let value = try reader.readValue()
            try reader.finish()
            if contents.member == "ids" {
                contents.items.append(
                    RetryItem(id: try RetryItemDocument.id(value, index: 0), index: 0, content: .again))
            } else {
                contents.items.append(try RetryItemDocument.item(value, index: contents.recordCount))
                contents.recordCount += 1
            }
        // Only splitters that recover report it.
        case .broken(let error): throw error
        }
    }

    private static func set(_ member: String, of scope: inout RetryBodyScope, to text: String) throws {
        switch member {
        case "operationId": scope.operation = OperationID(text)
        case "type":
            guard let type = RecordType(wireName: text) else { throw InvalidBody(.notAllowed, field: member) }
            scope.filter.type = type
        default:
            guard let code = RecordFailure.Code(rawValue: text) else { throw InvalidBody(.notAllowed, field: member) }
            scope.filter.code = code
        }
    }
}

/// One record a line.
struct LineRetryBody: RetryBody {
    let scope = RetryBodyScope()
    private var lines: LineRecordBody
    private var items: [RetryItem] = []
    private var count = 0

    init(limits: JSONLimits) { lines = LineRecordBody(limits: limits) }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) throws {
        try lines.receive(bytes) { try Self.take(&$0, &items, &count) }
    }

    mutating func finish() throws { try lines.finish { try Self.take(&$0, &items, &count) } }

    mutating func take() -> [RetryItem] {
        defer { items = [] }
        return items
    }

    private static func take(_ reader: inout JSONReader, _ items: inout [RetryItem], _ count: inout Int) throws {
        items.append(try RetryItemDocument.item(try reader.readValue(), index: count))
        count += 1
    }
}

/// The table that `import.failures` returned.
final class TableRetryBody: RetryBody {
    private var reader: DelimitedTextReader
    private var header: FailureTable.Header?
    private var items: [RetryItem] = []
    private var count = 0

    init() {
        var limits = DelimitedTextLimits()
        // A message is one field, with its attachments.
        limits.maximumFieldBytes = 16 << 20
        limits.maximumRowBytes = 16 << 20
        reader = DelimitedTextReader(limits: limits, keepsNULs: true)
    }

    var scope: RetryBodyScope { RetryBodyScope(ignoredColumns: header?.ignoredTitles ?? []) }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        try reader.receive(bytes) { try take($0) }
        try requireText()
    }

    func finish() throws {
        try reader.finish { try take($0) }
        try requireText()
        guard header != nil else {
            throw InvalidBody(.invalidTable("The table is empty. Its first row names the columns."))
        }
        guard reader.skippedLines == 0 else {
            throw InvalidBody(.invalidTable("A quoted field does not end. Close its quote."))
        }
    }

    private func requireText() throws {
        guard reader.hasReplacements else { return }
        throw InvalidBody(.invalidTable("The table has bytes that are not text in its encoding. Save it as UTF-8."))
    }

    func take() -> [RetryItem] {
        defer { items = [] }
        return items
    }

    private func take(_ row: borrowing DelimitedRow) throws {
        guard let header else {
            header = try FailureTable.Header(row)
            return
        }
        guard let row = try header.row(row) else { return }
        do {
            items.append(RetryItem(id: row.id, index: count, content: try row.isSkipped ? .skip : .row(row)))
        } catch let error as InvalidBody {
            throw InvalidBody(error.reason, index: count, field: error.field, line: row.line)
        }
        count += 1
    }
}
