public import Foundation
public import ImportDomain
import SQL
public import SQLStore
import SQLiteDriver
public import Testing

/// The databases on which every promise of a store is tested.
public enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// One file, one process.
    case sqlite

    /// The database's name in test reports.
    public var testDescription: String { rawValue }
}

/// An empty workspace that is removed with its test.
public final class TestStore: Sendable {
    /// The store.
    public let store: WorkspaceStore
    /// The directory of its files.
    public let directory: URL

    /// Opens a new workspace, or with `directory` one that is there already.
    public static func open(_ kind: StoreKind, clock: any WallClock, directory: URL? = nil) async throws -> TestStore {
        let directory =
            directory ?? FileManager.default.temporaryDirectory.appending(path: "ferry-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        switch kind {
        case .sqlite:
            let database = try SQLiteDatabase(path: directory.appending(path: "ferry.sqlite").path)
            return TestStore(store: try await WorkspaceStore.open(database, clock: clock), directory: directory)
        }
    }

    private init(store: WorkspaceStore, directory: URL) {
        self.store = store
        self.directory = directory
    }

    /// Closes the store and removes its files.
    public func remove() async throws {
        try await store.close()
        try FileManager.default.removeItem(at: directory)
    }

    /// The bytes of every file of the workspace.
    public func contents() throws -> [Data] {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .map { try Data(contentsOf: $0) }
    }
}
