public import Configuration
public import Logging
public import WorkspaceServices

/// The configuration of a server, read once at its start.
///
/// Source: docs/configuration.md.
public struct ServerConfiguration: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 for any that is free.
    public var port: Int
    /// The URL at which clients reach the server; nil for the listening address.
    public var rootURL: String?
    /// How many proxies there are between clients and the server.
    public var proxies: Int
    /// The location of the workspace, and its use of the machine.
    public var workspace: WorkspaceConfiguration
    /// The lowest logged level.
    public var logLevel: Logger.Level
    /// The first administrator.
    public var administrator: Bootstrap.Administrator

    /// Flags of the command line; nil if not given.
    public struct Flags: Sendable {
        /// `--host`.
        public var host: String?
        /// `--port`.
        public var port: Int?
        /// `--database`.
        public var database: String?
        /// `--data`.
        public var data: String?

        /// Flags as they were given.
        public init(host: String? = nil, port: Int? = nil, database: String? = nil, data: String? = nil) {
            self.host = host
            self.port = port
            self.database = database
            self.data = data
        }
    }

    /// Flags take precedence over the environment, and that over the defaults.
    ///
    /// - Throws: `ConfigurationError`, with key and value.
    public init(flags: Flags, environment: ConfigReader) throws {
        host = flags.host ?? environment.string(forKey: "bind.ip", default: "127.0.0.1")
        port = try flags.port ?? Self.number("PORT", environment.string(forKey: "port"), in: 0...65_535) ?? 3000
        rootURL = try environment.string(forKey: "root.url").map(Self.siteURL)
        proxies =
            try Self.number(
                "HTTP_FORWARDED_COUNT", environment.string(forKey: "http.forwarded.count"), in: 0...16) ?? 0
        let dataDirectory = flags.data ?? environment.string(forKey: "ferry.data", default: "ferry-data")
        guard !dataDirectory.isEmpty else {
            throw ConfigurationError(
                key: flags.data == nil ? "FERRY_DATA" : "--data", value: "", advice: "Use the path of a directory.")
        }
        guard !host.isEmpty else {
            throw ConfigurationError(
                key: flags.host == nil ? "BIND_IP" : "--host", value: "",
                advice: "Use an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all.")
        }
        let workers = try Self.number("FERRY_WORKERS", environment.string(forKey: "ferry.workers"), in: 0...64) ?? 1
        let hashingThreads = try Self.number(
            "FERRY_HASHING_THREADS", environment.string(forKey: "ferry.hashing.threads"), in: 1...256)
        let address = flags.database ?? environment.string(forKey: "database.url")
        workspace = WorkspaceConfiguration(
            database: try WorkspaceConfiguration.Database(
                address: address ?? "sqlite:\(dataDirectory)/ferry.sqlite",
                key: flags.database == nil ? "DATABASE_URL" : "--database"),
            dataDirectory: dataDirectory, workers: workers, hashingThreads: hashingThreads)

        let level = environment.string(forKey: "ferry.log.level", default: "info")
        guard let logLevel = Logger.Level(rawValue: level.lowercased()) else {
            throw ConfigurationError(
                key: "FERRY_LOG_LEVEL", value: level,
                advice: "Use one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self.logLevel = logLevel

        administrator = Bootstrap.Administrator()
        if let username = environment.string(forKey: "admin.username") { administrator.username = username }
        if let name = environment.string(forKey: "admin.name") { administrator.name = name }
        if let email = environment.string(forKey: "admin.email") { administrator.email = email }
        // An empty password would let everybody in, so it counts as missing.
        administrator.password = environment.string(forKey: "admin.pass", isSecret: true).flatMap {
            $0.isEmpty ? nil : $0
        }
    }

    private static func number(_ key: String, _ text: String?, in range: ClosedRange<Int>) throws -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw ConfigurationError(
                key: key, value: text, advice: "Use a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static func siteURL(_ text: String) throws -> String {
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
            throw ConfigurationError(
                key: "ROOT_URL", value: text, advice: "Use an address such as https://chat.example.com.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
