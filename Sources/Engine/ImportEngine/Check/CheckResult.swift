public import ImportDomain
import JSON

/// What an import would do, in numbers.
public struct CheckResult: Equatable, Sendable {
    /// How many records of one type have each decision.
    public struct Counts: Equatable, Sendable {
        /// Creates an account, room or message.
        public internal(set) var create = 0
        /// Changes an existing one.
        public internal(set) var update = 0
        /// Adds import ids to an existing account.
        public internal(set) var bind = 0
        /// The workspace has everything already.
        public internal(set) var unchanged = 0
        /// Is not imported.
        public internal(set) var skip = 0
        /// Cannot be imported.
        public internal(set) var fail = 0

        mutating func add(_ decision: CheckedRecord.Outcome, _ count: Int = 1) {
            switch decision {
            case .create: create += count
            case .update: update += count
            case .bind: bind += count
            case .unchanged: unchanged += count
            case .skip: skip += count
            case .fail: fail += count
            }
        }

        func count(of decision: CheckedRecord.Outcome) -> Int {
            switch decision {
            case .create: create
            case .update: update
            case .bind: bind
            case .unchanged: unchanged
            case .skip: skip
            case .fail: fail
            }
        }
    }

    /// Records of one type that are skipped or fail for one reason.
    public struct Reason: Equatable, Sendable {
        /// The type.
        public let type: RecordType
        /// The stable name of the reason.
        public let code: String
        /// How many records.
        public fileprivate(set) var count: Int
        /// The first of them.
        public fileprivate(set) var examples: [CheckedRecord]
    }

    /// The counts of each type.
    public private(set) var counts: [RecordType: Counts] = [:]
    /// Why records are skipped or fail, in the order of types, most frequent first.
    public private(set) var reasons: [Reason] = []

    private static let examplesPerReason = 5

    /// The counts of all types together.
    public var totalCounts: Counts {
        counts.values.reduce(into: Counts()) { sum, counts in
            for outcome in CheckedRecord.Outcome.allCases { sum.add(outcome, counts.count(of: outcome)) }
        }
    }

    /// How many records were checked.
    public var recordCount: Int { count(of: CheckFilter()) }

    /// How many records match.
    public func count(of filter: CheckFilter) -> Int {
        let outcomes = filter.outcome.map { [$0] } ?? CheckOutcome.allCases
        return counts.reduce(0) { sum, type in
            guard filter.type == nil || filter.type == type.key else { return sum }
            return outcomes.reduce(sum) { $0 + type.value.count(of: $1) }
        }
    }

    mutating func add(_ record: CheckedRecord) {
        counts[record.type, default: Counts()].add(record.outcome)
        guard let code = record.code else { return }
        if let index = reasons.firstIndex(where: { $0.type == record.type && $0.code == code }) {
            reasons[index].count += 1
            if reasons[index].examples.count < Self.examplesPerReason { reasons[index].examples.append(record) }
        } else {
            reasons.append(Reason(type: record.type, code: code, count: 1, examples: [record]))
        }
    }

    /// Brings the reasons into their order.
    mutating func finish() {
        let order = Dictionary(uniqueKeysWithValues: RecordType.allCases.enumerated().map { ($1, $0) })
        reasons.sort { (order[$0.type] ?? 0, -$0.count, $0.code) < (order[$1.type] ?? 0, -$1.count, $1.code) }
    }
}

/// The stored form of a result.
extension CheckResult {
    var text: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("counts")
        writer.beginObject()
        for (type, counts) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(type.rawValue)
            writer.beginObject()
            for outcome in CheckedRecord.Outcome.allCases {
                writer.key(outcome.rawValue)
                writer.integer(counts.count(of: outcome))
            }
            writer.endObject()
        }
        writer.endObject()
        writer.key("reasons")
        writer.beginArray()
        for reason in reasons {
            writer.beginObject()
            writer.text(reason.type.rawValue, for: "type")
            writer.text(reason.code, for: "code")
            writer.key("count")
            writer.integer(reason.count)
            writer.key("examples")
            writer.beginArray()
            for example in reason.examples { example.write(to: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    /// - Throws: `JSONError`, `StoreError.corrupt`.
    init(text: String) throws {
        self = try JSONReader.read(text) { reader in
            var result = CheckResult()
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "counts": try result.readCounts(&reader)
                case "reasons":
                    try reader.beginArray()
                    while try reader.nextElement() { result.reasons.append(try Reason(&reader)) }
                default: try reader.skipValue()
                }
            }
            return result
        }
    }

    private mutating func readCounts(_ reader: inout JSONReader) throws {
        try reader.beginObject()
        while let name = try reader.nextKey() {
            let type = try RecordType(stored: name)
            try reader.beginObject()
            while let name = try reader.nextKey() {
                let outcome = try CheckedRecord.Outcome(stored: name)
                counts[type, default: Counts()].add(outcome, try reader.readNumber().integer ?? 0)
            }
        }
    }
}

extension CheckResult.Reason {
    fileprivate init(_ reader: inout JSONReader) throws {
        var (type, code, count, examples) = (RecordType.user, "", 0, [CheckedRecord]())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": type = try RecordType(stored: reader.readString())
            case "code": code = try reader.readString()
            case "count": count = try reader.readNumber().integer ?? 0
            case "examples":
                try reader.beginArray()
                while try reader.nextElement() { examples.append(try CheckedRecord(&reader)) }
            default: try reader.skipValue()
            }
        }
        self.init(type: type, code: code, count: count, examples: examples)
    }
}

extension RawRepresentable<String> {
    /// - Throws: `StoreError.corrupt` for a name that this program does not know.
    init(stored name: String) throws {
        guard let value = Self(rawValue: name) else {
            throw StoreError.corrupt(message: "\"\(name)\" is not a \(Self.self) that this version of Ferry knows.")
        }
        self = value
    }
}
