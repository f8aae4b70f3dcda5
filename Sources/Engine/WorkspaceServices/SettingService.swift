public import ImportDomain

/// The settings that administrators may read and change.
public struct SettingService: Sendable {
    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// A setting's value; nil for a setting that Ferry does not know.
    public func value(of id: String) async throws -> Setting.Value? {
        guard let defaultValue = Settings.defaultValues[id] else { return nil }
        return try await environment.store.read { try $0.settings.value(of: id) } ?? defaultValue
    }

    /// Changes a setting.
    ///
    /// - Throws: `WorkspaceError.invalidValue` for a setting that Ferry does not know, or a value of another kind.
    public func set(_ value: Setting.Value, of id: String) async throws {
        guard let defaultValue = Settings.defaultValues[id] else {
            throw WorkspaceError.invalidValue(field: "_id", reason: "Ferry has no setting \"\(id.prefix(64))\".")
        }
        switch (value, defaultValue) {
        case (.text, .text), (.flag, .flag): break
        case (.number(let number), .number):
            let range = Settings.numbers.first { $0.id == id }?.range ?? 0...0
            guard range.contains(number) else {
                throw WorkspaceError.invalidValue(
                    field: "value",
                    reason: "The setting \(id) takes a number from \(range.lowerBound) to \(range.upperBound).")
            }
        default:
            throw WorkspaceError.invalidValue(
                field: "value", reason: "The setting \(id) takes a value like \(defaultValue.example).")
        }
        try await environment.store.write { try $0.settings.set(Setting(id: id, value: value)) }
    }
}

extension Setting.Value {
    fileprivate var example: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .flag(let flag): String(flag)
        case .number(let number): String(number)
        }
    }
}
