/// Numbers behind names that are taken: `base-1`, `base-2`, …
///
/// Numbering begins after the number of names with this prefix. If those numbers are taken, the steps between attempts
/// double, so that the number of attempts for a name stays bounded.
public struct NumberedNames: Sendable {
    /// Room for a number behind a name.
    public static let suffixBytes = 20
    /// Consecutive numbers that are tried before the steps grow.
    private static let attemptsInARow = 16

    /// The maximum of remembered names; others are counted again.
    private static let mostNames = 10_000

    private var nextNumbers: [String: Int] = [:]

    /// No name was numbered yet.
    public init() {}

    /// The next free name.
    ///
    /// - Parameters:
    ///   - base: the name that is taken.
    ///   - count: how many names have a key with this prefix; called once for each base.
    ///   - isFree: whether a name of this key is free.
    public mutating func next(
        _ base: String, count: (_ prefix: String) throws -> Int, isFree: (_ key: String) throws -> Bool
    ) rethrows -> String {
        let baseKey = CaseFolding.key(base)
        var number = try nextNumbers[baseKey] ?? max(1, count(baseKey + "-"))
        var (attempts, step) = (0, 1)
        while true {
            let name = "\(base)-\(number)"
            if try isFree(CaseFolding.key(name)) {
                if nextNumbers.count >= Self.mostNames { nextNumbers = [:] }
                nextNumbers[baseKey] = number + 1
                return name
            }
            attempts += 1
            if attempts > Self.attemptsInARow, step < 1 << 40 { step *= 2 }
            number += step
        }
    }
}
