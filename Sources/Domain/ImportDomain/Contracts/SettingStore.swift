/// Stores the settings that differ from their defaults.
public protocol SettingStore {
    /// The stored value of a setting; nil while it has its default.
    func value(of id: String) throws -> Setting.Value?

    /// Stores a setting's value.
    func set(_ setting: Setting) throws
}

extension SettingStore {
    /// The value of a string setting.
    public func text(_ setting: SettingDefinition<String>) throws -> String {
        guard case .text(let text) = try value(of: setting.id) else { return setting.defaultValue }
        return text
    }

    /// The roles that every new account gets.
    public func defaultRoles() throws -> [String] {
        try text(Settings.defaultRoles).split(separator: ",").map { CaseFolding.trim(String($0)) }
            .filter { !$0.isEmpty }
    }

    /// The private hosts, addresses and ranges from which files may be fetched.
    public func allowlist() throws -> [String] {
        try text(Settings.privateHosts).split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// The value of a Boolean setting.
    public func flag(_ setting: SettingDefinition<Bool>) throws -> Bool {
        guard case .flag(let flag) = try value(of: setting.id) else { return setting.defaultValue }
        return flag
    }

    /// The value of a number setting.
    public func number(_ setting: SettingDefinition<Int>) throws -> Int {
        guard case .number(let number) = try value(of: setting.id) else { return setting.defaultValue }
        return number
    }
}
