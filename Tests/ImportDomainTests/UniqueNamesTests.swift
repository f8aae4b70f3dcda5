import Testing

@testable import ImportDomain

@Suite("Given many equal names")
struct UniqueNamesTests {
    private static func lookUps(_ count: Int, _ candidates: (Int) -> [String]) -> (names: Set<String>, lookUps: Int) {
        var names = UniqueNames(maximumBytes: 255)
        var given: Set<String> = []
        for index in 0..<count { given.insert(names.claim(candidates(index)).lowercased()) }
        return (given, names.lookUpCount)
    }

    @Test func `when ids collide in letter case, then twice as many take no more than twice the work`() {
        let candidates: (Int) -> [String] = { ["name", $0.isMultiple(of: 2) ? "name-u1" : "NAME-U1"] }

        let small = Self.lookUps(1000, candidates)
        let large = Self.lookUps(2000, candidates)

        #expect(small.names.count == 1000)
        #expect(large.names.count == 2000)
        #expect(large.lookUps <= small.lookUps * 2 + 10)
    }

    @Test func `when names are as long as they may be, then they stay so`() {
        var names = UniqueNames(maximumBytes: 255)
        let long = String(repeating: "é", count: 300)

        let given = (0..<3).map { _ in names.claim([long]) }

        #expect(Set(given).count == 3)
        #expect(given.allSatisfy { $0.utf8.count <= 255 })
    }
}
