internal import ImportDomain
public import JSON

/// Fields of one element whose values have a kind that the source does not write there.
///
/// One object serves all elements that are read in turn. It keeps a bounded number of fields, the first ones by name.
public final class FieldFaults {
    /// What the value of a field should be.
    public enum Expected: String {
        case text = "a string"
        case time = "a time"
        case flag = "true or false"
        case number = "a number"
        case object = "an object"
        case array = "an array"
    }

    private struct Fault {
        let field: String
        let kind: JSONKind
        let expected: Expected
        var count = 1

        /// What fields are sorted by: the order of the fields in an element must not decide which have a finding.
        var key: (String, String, String) { (field, kind.rawValue, expected.rawValue) }
    }

    /// How many fields of one element have a finding of their own.
    public static let maximumFields = 20

    private var faults: [Fault] = []
    private var others = 0

    /// An empty list.
    public init() {}

    /// Removes all faults.
    public func clear() {
        if faults.isEmpty { return }
        faults.removeAll(keepingCapacity: true)
        others = 0
    }

    /// Notes a value that cannot be read.
    public func add(_ field: String, _ kind: JSONKind, _ expected: Expected) {
        let fault = Fault(field: field, kind: kind, expected: expected)
        let index = faults.firstIndex { $0.key >= fault.key } ?? faults.count
        if index < faults.count, faults[index].key == fault.key {
            faults[index].count += 1
        } else if index == Self.maximumFields {
            others += 1
        } else {
            faults.insert(fault, at: index)
            if faults.count > Self.maximumFields { others += faults.removeLast().count }
        }
    }

    /// Reports the faults and removes them.
    ///
    /// - Parameters:
    ///   - sink: receives the findings.
    ///   - entry: the entry of the element; nil for a file that is not an archive.
    ///   - position: the index of the element.
    ///   - value: the id of the element.
    public func report(to sink: RecordSink, entry: String?, position: Int?, value: String?) throws {
        if faults.isEmpty { return }
        defer { clear() }
        for fault in faults {
            try sink.report(
                .warning, .valueReplaced, entry: entry, at: position, field: fault.field, value: value,
                count: fault.count,
                "The field \"\(fault.field)\" is \(fault.kind.withArticle) where \(fault.expected.rawValue) "
                    + "belongs; what it says may be missing.")
        }
        guard others > 0 else { return }
        try sink.report(
            .warning, .valueReplaced, entry: entry, at: position, value: value, count: others,
            "\(others) more fields of this element hold values of a kind that does not belong there; what "
                + "they say may be missing.")
    }
}
