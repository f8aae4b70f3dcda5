/// A named value that administrators can change while the workspace runs.
public struct Setting: Equatable, Sendable {
    /// The values that a setting can have.
    public enum Value: Equatable, Sendable {
        /// Text.
        case text(String)
        /// A Boolean.
        case flag(Bool)
        /// A whole number.
        case number(Int)
    }

    /// The setting's id, as in Rocket.Chat.
    public let id: String
    /// Its value.
    public var value: Value

    /// A setting of this value.
    public init(id: String, value: Value) {
        self.id = id
        self.value = value
    }
}

/// A setting that Ferry reads, with its default.
public struct SettingDefinition<Value: Sendable>: Sendable {
    /// The setting's id, as in Rocket.Chat.
    public let id: String
    /// The value of a new workspace.
    public let defaultValue: Value
    /// The allowed numbers; ignored for other types.
    public let range: ClosedRange<Int>

    init(_ id: String, _ defaultValue: Value, in range: ClosedRange<Int> = 0...0) {
        self.id = id
        self.defaultValue = defaultValue
        self.range = range
    }
}

/// Every setting that Ferry reads.
///
/// Source: docs/configuration.md, "Workspace settings".
public enum Settings {
    /// The roles of every imported or created account, separated by commas.
    public static let defaultRoles = SettingDefinition("Accounts_Registration_Users_Default_Roles", "user")
    /// Whether imported accounts are asked for a code by e-mail once an address of theirs is verified.
    public static let emailSecondFactorOptIn = SettingDefinition(
        "Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In", true)
    /// Whether suggested usernames are written in lower-case ASCII.
    public static let slugifyNames = SettingDefinition("UTF8_Names_Slugify", true)
    /// The prefix of a username that nothing else suggests.
    public static let usernamePrefix = SettingDefinition("Accounts_DefaultUsernamePrefixSuggestion", "user")
    /// The default number of items of a list.
    public static let listCount = SettingDefinition("API_Default_Count", 50, in: 1...10_000)
    /// The maximum number of items of a list.
    public static let listCountLimit = SettingDefinition("API_Upper_Count_Limit", 100, in: 1...10_000)
    /// Whether a count of 0 returns everything.
    public static let allowInfiniteCount = SettingDefinition("API_Allow_Infinite_Count", true)
    /// Whether rate limits are enabled.
    public static let rateLimiterEnabled = SettingDefinition("API_Enable_Rate_Limiter", true)
    /// The maximum calls of one route from one address per window.
    public static let rateLimitCalls = SettingDefinition(
        "API_Enable_Rate_Limiter_Limit_Calls_Default", 10, in: 1...1_000_000)
    /// The length of the window in milliseconds.
    public static let rateLimitMilliseconds = SettingDefinition(
        "API_Enable_Rate_Limiter_Limit_Time_Default", 60_000, in: 1_000...86_400_000)
    /// Whether sign-ins are blocked after repeated failures.
    public static let blockFailedLogins = SettingDefinition("Block_Multiple_Failed_Logins_Enabled", true)
    /// The number of failures that block an account.
    public static let failuresPerUser = SettingDefinition(
        "Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User", 10, in: 1...10_000)
    /// How long a failure counts against an account, in minutes.
    public static let userBlockMinutes = SettingDefinition(
        "Block_Multiple_Failed_Logins_Time_To_Unblock_By_User_In_Minutes", 5, in: 1...10_080)
    /// The number of failures that block an address.
    public static let failuresPerAddress = SettingDefinition(
        "Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip", 50, in: 1...10_000)
    /// How long a failure counts against an address, in minutes.
    public static let addressBlockMinutes = SettingDefinition(
        "Block_Multiple_Failed_Logins_Time_To_Unblock_By_Ip_In_Minutes", 5, in: 1...10_080)
    /// The validity of login tokens in days.
    public static let sessionDays = SettingDefinition("Accounts_LoginExpiration", 90, in: 1...3_650)
    /// The most participants of a direct room; Rocket.Chat writes its name with three s.
    public static let directRoomCapacity = SettingDefinition("DirectMesssage_maxUsers", 8, in: 1...100)
    /// Hosts and ranges of private addresses from which files may be fetched (docs/downloads.md).
    public static let privateHosts = SettingDefinition("SSRF_Allowlist", "")
}

extension Settings {
    /// The default of every setting, by id.
    public static let defaultValues: [String: Setting.Value] = {
        var values: [String: Setting.Value] = [:]
        for setting in [defaultRoles, usernamePrefix, privateHosts] { values[setting.id] = .text(setting.defaultValue) }
        for setting in [
            emailSecondFactorOptIn, slugifyNames, rateLimiterEnabled, blockFailedLogins, allowInfiniteCount,
        ] {
            values[setting.id] = .flag(setting.defaultValue)
        }
        for setting in numbers { values[setting.id] = .number(setting.defaultValue) }
        return values
    }()

    /// Every setting that is a number.
    public static let numbers = [
        listCount, listCountLimit, rateLimitCalls, rateLimitMilliseconds, failuresPerUser, userBlockMinutes,
        failuresPerAddress, addressBlockMinutes, sessionDays, directRoomCapacity,
    ]
}
