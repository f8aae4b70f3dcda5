internal import ImportDomain
internal import ImporterKit

/// The entries that hold the bytes of files.
final class ArchivedFiles {
    private let allowance: Allowance
    private var entriesByID: [ExactString: String] = [:]

    init(allowance: Allowance) { self.allowance = allowance }

    /// Notes an entry; of several for one file the first one counts.
    func add(_ id: String, entry: String) {
        let key = ExactString(id)
        guard entriesByID[key] == nil, allowance.take(128 + id.utf8.count + entry.utf8.count) else { return }
        entriesByID[key] = entry
    }

    /// The entry that holds a file.
    func entry(of id: String) -> String? { entriesByID.isEmpty ? nil : entriesByID[ExactString(id)] }
}
