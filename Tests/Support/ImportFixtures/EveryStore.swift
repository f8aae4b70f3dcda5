public import Testing

/// Runs each test of a suite once per kind of database; `TestWorkspace` and `TestStore` use the current one.
public struct EveryStore: SuiteTrait, TestTrait, TestScoping {
    /// Whether the trait applies to the tests of a suite.
    public var isRecursive: Bool { true }

    /// Runs a test case on each database in turn.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        for kind in StoreKind.allCases {
            try await StoreKind.$current.withValue(kind) { try await function() }
        }
    }
}

extension Trait where Self == EveryStore {
    /// Once per kind of database.
    public static var onEveryStore: EveryStore { EveryStore() }
}

extension StoreKind {
    /// The database on which the current test runs.
    @TaskLocal public static var current = StoreKind.sqlite
}
