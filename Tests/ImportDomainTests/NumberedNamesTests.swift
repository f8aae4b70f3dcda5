import Testing

@testable import ImportDomain

@Suite("Given a name that is taken")
struct NumberedNamesTests {
    /// The number of checks of free names, for this many people of one name, while the source also uses the numbered
    /// names.
    private static func attempts(_ count: Int, occupied: Int) throws -> Int {
        var names = NumberedNames()
        var taken = Set((0..<occupied).map { "ann-\(occupied + $0)" })
        var attempts = 0
        for _ in 0..<count {
            let name = names.next("Ann") { _ in
                taken.count
            } isFree: { key in
                attempts += 1
                return !taken.contains(key)
            }
            #expect(taken.insert(name.lowercased()).inserted)
        }
        return attempts
    }

    @Test func `when numbers are free, then names are numbered one after the other`() throws {
        var names = NumberedNames()
        var taken: Set<String> = []
        var given: [String] = []
        for _ in 0..<3 {
            let name = names.next("Ann") { _ in
                0
            } isFree: {
                !taken.contains($0)
            }
            taken.insert(name.lowercased())
            given.append(name)
        }

        #expect(given == ["Ann-1", "Ann-2", "Ann-3"])
    }

    @Test func `when there are ten times as many, then the work is ten times as much at most`() throws {
        let (few, many) = (try Self.attempts(100, occupied: 1_000), try Self.attempts(1_000, occupied: 10_000))

        #expect(few < 200)
        #expect(many < 12 * few)
    }
}
