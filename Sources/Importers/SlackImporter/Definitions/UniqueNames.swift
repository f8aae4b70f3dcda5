internal import ImportDomain

/// Names of which no two fold alike.
///
/// The numbers that were tried for a name are remembered, so that many equal names take time in proportion to their
/// number.
struct UniqueNames {
    private let maximumBytes: Int
    private var taken: Set<String> = []
    /// The next number to try behind a name, by its folded form.
    private var nextNumbers: [String: Int] = [:]
    /// How many names were looked up, for tests of the work that many equal names take.
    private(set) var lookUpCount = 0

    /// - Parameters:
    ///   - maximumBytes: how long a name may be, what makes it unique included.
    ///   - reserved: names that are never given away.
    init(maximumBytes: Int, reserved: [String] = []) {
        self.maximumBytes = maximumBytes
        taken = Set(reserved.map(CaseFolding.key))
    }

    /// Gives away the first candidate that is free, else the last one with a number behind it.
    mutating func claim(_ candidates: [String]) -> String {
        for candidate in candidates {
            let name = candidate.prefix(maximumBytes: maximumBytes)
            if take(name) { return name }
        }
        let base = (candidates.last ?? "").prefix(maximumBytes: maximumBytes - 12)
        let key = CaseFolding.key(base)
        var number = nextNumbers[key] ?? 2
        while !take("\(base)-\(number)") { number += 1 }
        nextNumbers[key] = number + 1
        return "\(base)-\(number)"
    }

    private mutating func take(_ name: String) -> Bool {
        lookUpCount += 1
        return taken.insert(CaseFolding.key(name)).inserted
    }
}
