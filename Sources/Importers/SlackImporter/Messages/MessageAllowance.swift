internal import ImportDomain
internal import ImporterKit

/// What one message may still be read for: elements beyond a limit are skipped while reading and counted here.
struct MessageAllowance {
    /// How many JSON values are kept of the blocks of one message.
    private static let maximumBlockValues = 100_000
    /// Kinds of parts come from the export, which could have a different one in each block.
    private static let maximumKinds = 100

    private let checkpoint: () throws -> Void
    private var steps = 0
    /// By list; empty until a list is read, because most messages have none.
    private var taken: [Int] = []
    private var leftOut: [Int] = []
    /// How many values of blocks may still be kept.
    var blockValues = Self.maximumBlockValues
    /// How many parts of each kind are left out by rule, such as buttons.
    private(set) var ignoredParts: [String: Int] = [:]
    /// The kinds of blocks in which no text was found, each once.
    private(set) var unreadBlocks: [String] = []

    /// The allowance of a whole message.
    ///
    /// - Parameter checkpoint: called every few hundred elements; throws when reading is cancelled.
    init(checkpoint: @escaping () throws -> Void = {}) { self.checkpoint = checkpoint }

    /// Counts one element that is looked at.
    mutating func step() throws {
        steps &+= 1
        if steps & 0x3FF == 0 { try checkpoint() }
    }

    /// Whether a list may have one more element, which is counted as taken or as left out.
    mutating func take(_ list: LimitedList) -> Bool {
        let isTaken = remaining(list) > 0
        if isTaken { add(list, taken: 1) } else { add(list, leftOut: 1) }
        return isTaken
    }

    /// How many elements a list may still have.
    func remaining(_ list: LimitedList) -> Int { list.limit - (taken.isEmpty ? 0 : taken[list.rawValue]) }

    /// Counts elements that are taken without being asked for.
    mutating func add(_ list: LimitedList, taken count: Int) { Self.add(count, to: &taken, list) }

    /// Counts elements that are left out.
    mutating func add(_ list: LimitedList, leftOut count: Int) { Self.add(count, to: &leftOut, list) }

    private static func add(_ count: Int, to counts: inout [Int], _ list: LimitedList) {
        if counts.isEmpty { counts = Array(repeating: 0, count: LimitedList.allCases.count) }
        counts[list.rawValue] += count
    }

    /// How many elements of a list were left out.
    func leftOut(_ list: LimitedList) -> Int { leftOut.isEmpty ? 0 : leftOut[list.rawValue] }

    /// Counts a part that is left out by rule.
    mutating func ignore(_ kind: String, count: Int = 1) {
        var kind = String(kind.prefix(100))
        if ignoredParts[kind] == nil, ignoredParts.count >= Self.maximumKinds { kind = "…" }
        ignoredParts[kind, default: 0] += count
    }

    /// Notes a block in which no text was found.
    mutating func addUnread(block kind: String) {
        let kind = String(kind.prefix(100))
        if unreadBlocks.count < Self.maximumKinds, !unreadBlocks.contains(kind) { unreadBlocks.append(kind) }
    }
}
