/// Assigns names of which no two fold to the same key.
///
/// Remembers the numbers tried for a name, so that many equal names take linear time.
public struct UniqueNames: Sendable {
    private let maximumBytes: Int
    private var taken: Set<String> = []
    private var numbers = NumberedNames()
    /// The number of look-ups, for tests of linear time.
    private(set) var lookUpCount = 0

    /// - Parameters:
    ///   - maximumBytes: the maximum bytes of a name, its number included.
    ///   - reserved: names that are never given away.
    public init(maximumBytes: Int, reserved: [String] = []) {
        self.maximumBytes = maximumBytes
        taken = Set(reserved.map(CaseFolding.key))
    }

    /// Assigns the first free candidate, else the last one with a number from 2.
    public mutating func claim(_ candidates: [String]) -> String {
        for candidate in candidates {
            let name = candidate.clipped(toBytes: maximumBytes)
            if take(CaseFolding.key(name)) { return name }
        }
        let base = (candidates.last ?? "").clipped(toBytes: maximumBytes - NumberedNames.suffixBytes)
        var numbers = NumberedNames()
        swap(&numbers, &self.numbers)
        defer { swap(&numbers, &self.numbers) }
        return numbers.next(base) { _ in
            2
        } isFree: {
            take($0)
        }
    }

    /// Gives away a wanted name, else one with something in front of it, one that ends in the id, or one with a number.
    ///
    /// An id that is longer than those of known sources makes no readable name.
    public mutating func claim(_ wanted: String, prefix: String? = nil, id: String) -> String {
        var candidates = [wanted]
        if let prefix { candidates.append("\(prefix)-\(wanted)") }
        if id.utf8.count <= 32 { candidates.append("\(wanted)-\(id.lowercased())") }
        return claim(candidates)
    }

    private mutating func take(_ key: String) -> Bool {
        lookUpCount += 1
        return taken.insert(key).inserted
    }
}
