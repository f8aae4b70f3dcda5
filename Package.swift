// swift-tools-version: 6.2
import PackageDescription

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")

let package = Package(
    name: "ferry",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "ferry", targets: ["ferry"]),
        // Users of the client name the types of bodies, which are in the contract.
        .library(name: "FerryClient", targets: ["FerryClient", "ImportAPI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        // Domain: shared words and rules, no I/O.
        .target(name: "ImportDomain", path: "Sources/Domain/ImportDomain"),

        // Formats: delimited text, JSON and media formats, independent of Ferry.
        .target(name: "DelimitedText", path: "Sources/Formats/DelimitedText"),
        .target(name: "JSON", path: "Sources/Formats/JSON"),
        .target(name: "MediaFormats", path: "Sources/Formats/MediaFormats"),

        // Importers: reading of other systems' exports.
        .target(
            name: "ExportFiles", dependencies: ["CArchive", "CZlib", "DelimitedText", "JSON"],
            path: "Sources/Importers/ExportFiles"),
        .target(
            name: "ImporterKit", dependencies: ["DelimitedText", "ExportFiles", "ImportDomain", "JSON"],
            path: "Sources/Importers/ImporterKit"),
        .target(
            name: "SlackImporter", dependencies: ["ExportFiles", "ImportDomain", "ImporterKit", "JSON", "SHA256"],
            path: "Sources/Importers/SlackImporter"),
        .target(
            name: "CSVImporter",
            dependencies: ["DelimitedText", "ExportFiles", "ImportDomain", "ImporterKit", "JSON", "SHA256"],
            path: "Sources/Importers/CSVImporter"),

        // Engine: what the product does, in terms of the domain's contracts.
        .target(
            name: "ImportEngine",
            dependencies: [
                "BoundedQueue", "Compression", "DelimitedText", "ImportDomain", "JSON", "MediaFormats", "SHA256",
                logging,
                metrics, serviceLifecycle,
            ],
            path: "Sources/Engine/ImportEngine",
            // Points at which tests end the process.
            swiftSettings: [.define("KILL_POINTS", .when(configuration: .debug))]),
        .target(
            name: "WorkspaceServices", dependencies: ["ImportDomain"],
            path: "Sources/Engine/WorkspaceServices"),

        // Stores: each contract implemented once, in one SQL vocabulary, and bytes in files.
        .target(name: "SQL", path: "Sources/Stores/SQL"),
        .target(
            name: "SQLStore", dependencies: ["BoundedQueue", "ImportDomain", "JSON", "SHA256", "SQL"],
            path: "Sources/Stores/SQLStore"),
        .target(
            name: "PostgreSQLDriver", dependencies: ["CPQ", "SQL"], path: "Sources/Stores/PostgreSQLDriver"),
        .target(
            name: "SQLiteDriver", dependencies: ["CSQLite", "JSON", "SQL", grdb, grdbSQLite],
            path: "Sources/Stores/SQLiteDriver"),
        .target(
            name: "DirectoryFileStore", dependencies: ["DurableFiles", "ImportDomain"],
            path: "Sources/Stores/DirectoryFileStore"),

        // System: what the operating system, the network and C libraries give.
        .target(name: "BoundedQueue", path: "Sources/System/BoundedQueue"),
        .systemLibrary(
            name: "CArchive", path: "Sources/System/CArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(
            name: "CCrypt", path: "Sources/System/CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "CCrypto", path: "Sources/System/CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .systemLibrary(name: "CMalloc", path: "Sources/System/CMalloc"),
        .systemLibrary(name: "CPQ", path: "Sources/System/CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSQLite", path: "Sources/System/CSQLite"),
        .systemLibrary(
            name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CZstd", path: "Sources/System/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "Compression", dependencies: ["CZstd"], path: "Sources/System/Compression"),
        .target(name: "DurableFiles", dependencies: [nioPosix], path: "Sources/System/DurableFiles"),
        .target(
            name: "Passwords", dependencies: ["CCrypt", "ImportDomain", "SHA256", nioCore, nioPosix],
            path: "Sources/System/Passwords"),
        .target(
            name: "RemoteFiles",
            dependencies: ["DurableFiles", "ImportDomain", "SHA256", nioCore, nioHTTP, nioPosix, nioSSL, nioTLS],
            path: "Sources/System/RemoteFiles"),
        .target(name: "SHA256", dependencies: ["CCrypto"], path: "Sources/System/SHA256"),

        // HTTP: the wire contract, the server that keeps it, and the client.
        .target(name: "AdminPage", dependencies: ["CAdminPage"], path: "Sources/HTTP/AdminPage"),
        .target(name: "CAdminPage", path: "Sources/HTTP/CAdminPage", exclude: ["page"]),
        .target(name: "ImportAPI", path: "Sources/HTTP/ImportAPI"),
        .target(name: "COpenAPI", path: "Sources/HTTP/COpenAPI", exclude: ["openapi-3.0.json", "openapi.json"]),
        .target(
            name: "ImportServer",
            dependencies: [
                "AdminPage", "COpenAPI", "DelimitedText", "ImportAPI", "ImportDomain", "ImportEngine", "JSON",
                "WorkspaceServices",
                hummingbird, hummingbirdCore, logging, metrics, nioCore, nioHTTP,
            ],
            path: "Sources/HTTP/ImportServer"),
        .target(
            name: "FerryClient", dependencies: ["ImportAPI", asyncHTTPClient, nioCore, nioHTTP, nioPosix],
            path: "Sources/HTTP/FerryClient"),

        // Telemetry: what operators watch.
        .target(name: "PrometheusMetrics", dependencies: [metrics], path: "Sources/Telemetry/PrometheusMetrics"),

        // Commands: the only place that names concrete stores.
        .target(
            name: "Composition",
            dependencies: [
                "CMalloc", "CSVImporter", "DirectoryFileStore", "DurableFiles", "ImportDomain", "ImportEngine",
                "ImportServer",
                "Passwords", "PostgreSQLDriver", "PrometheusMetrics", "RemoteFiles", "SQL", "SQLStore", "SQLiteDriver",
                "SlackImporter", "WorkspaceServices", configuration, hummingbird, logging, metrics, nioCore,
                serviceLifecycle, unixSignals,
            ],
            path: "Sources/Commands/Composition"),
        .target(
            name: "UserFiles",
            dependencies: [
                "BoundedQueue", "DelimitedText", "ExportFiles", "ImportAPI", "ImportDomain", "ImporterKit", "JSON",
                "MediaFormats",
            ],
            path: "Sources/Commands/UserFiles"),
        .executableTarget(
            name: "ferry", dependencies: ["Composition", argumentParser, configuration, logging],
            path: "Sources/Commands/ferry"),

        // The example in docs/examples.
        .executableTarget(
            name: "ImportExample", dependencies: ["FerryClient", "ImportAPI"], path: "docs/examples/swift"),

        // What several test targets need.
        .target(name: "RandomNumbers", path: "Tests/Support/RandomNumbers"),
        .target(name: "ZipFixtures", path: "Tests/Support/ZipFixtures"),
        .target(
            name: "ExampleImporter", dependencies: ["ExportFiles", "ImportDomain", "ImporterKit", "JSON"],
            path: "Tests/Support/ExampleImporter"),
        .target(name: "OpenAPISchemas", dependencies: ["COpenAPI", "JSON"], path: "Tests/Support/OpenAPISchemas"),
        .target(
            name: "HostileServers", dependencies: [nioCore, nioPosix, nioSSL], path: "Tests/Support/HostileServers"),
        .target(
            name: "ImportFixtures",
            dependencies: [
                "Composition", "DirectoryFileStore", "ImportDomain", "ImportEngine", "Passwords", "PostgreSQLDriver",
                "RemoteFiles", "SQL", "SQLStore", "SQLiteDriver", "WorkspaceServices", logging,
            ],
            path: "Tests/Support/ImportFixtures"),

        // Tests: one target for each of the above that has behaviour, and promises that several of them keep.
        .testTarget(name: "ImportDomainTests", dependencies: ["ImportDomain"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "RandomNumbers"], resources: [.copy("Fixtures")]),
        .testTarget(name: "MediaFormatsTests", dependencies: ["MediaFormats"]),
        .testTarget(name: "OpenAPISchemasTests", dependencies: ["JSON", "OpenAPISchemas"]),
        .testTarget(
            name: "ExportFilesTests",
            dependencies: ["CArchive", "DelimitedText", "ExportFiles", "JSON", "RandomNumbers", "ZipFixtures"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "SlackImporterTests",
            dependencies: ["ImportDomain", "ImporterKit", "JSON", "SlackImporter", "ZipFixtures"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "CSVImporterTests",
            dependencies: ["CSVImporter", "ImportDomain", "ImporterKit", "RandomNumbers", "ZipFixtures"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "ImporterConformanceTests",
            dependencies: [
                "CSVImporter", "ExampleImporter", "ImportDomain", "JSON", "RandomNumbers", "SlackImporter",
                "ZipFixtures",
            ]),
        .testTarget(name: "DurableFilesTests", dependencies: ["DurableFiles"]),
        .testTarget(name: "PasswordsTests", dependencies: ["CCrypt", "ImportDomain", "Passwords", "SHA256"]),
        .testTarget(
            name: "RemoteFilesTests",
            dependencies: ["HostileServers", "ImportDomain", "RemoteFiles", nioSSL], resources: [.copy("Fixtures")]),
        .testTarget(name: "PrometheusMetricsTests", dependencies: ["PrometheusMetrics", metrics]),
        .testTarget(
            name: "DirectoryFileStoreTests", dependencies: ["DirectoryFileStore", "DurableFiles", "ImportDomain"]),
        .testTarget(
            name: "StoreConformanceTests",
            dependencies: [
                "HostileServers", "ImportDomain", "ImportEngine", "ImportFixtures", "Passwords", "PostgreSQLDriver",
                "SQL", "SQLStore",
                "SQLiteDriver", "WorkspaceServices",
            ]),
        .testTarget(
            name: "ImportEngineTests",
            dependencies: [
                "BoundedQueue", "DelimitedText", "DirectoryFileStore", "HostileServers", "ImportDomain", "ImportEngine",
                "ImportFixtures", "JSON", "RandomNumbers", "SQL", "SQLStore", "WorkspaceServices", "ZipFixtures",
                logging,
                serviceLifecycle,
            ]),
        .testTarget(
            name: "WorkspaceServicesTests", dependencies: ["ImportDomain", "ImportFixtures", "WorkspaceServices"]),
        .testTarget(name: "AdminPageTests", dependencies: ["AdminPage"]),
        .testTarget(
            name: "ImportServerTests",
            dependencies: [
                "AdminPage", "ImportAPI", "ImportDomain", "ImportEngine", "ImportFixtures", "ImportServer", "JSON",
                "OpenAPISchemas",
                "RandomNumbers", "WorkspaceServices", hummingbird, hummingbirdTesting, logging, nioCore, nioEmbedded,
                nioHTTP,
            ]),
        .testTarget(
            name: "FerryClientTests",
            dependencies: [
                "FerryClient", "HostileServers", "ImportAPI", "ImportDomain", "ImportEngine", "ImportExample",
                "ImportFixtures", "ImportServer", "JSON", "WorkspaceServices", "ZipFixtures", hummingbird,
                hummingbirdTesting, logging,
            ]),
        .testTarget(
            name: "UserFilesTests",
            dependencies: ["DelimitedText", "ImportAPI", "ImportDomain", "RandomNumbers", "UserFiles"]),
        .testTarget(
            name: "CompositionTests",
            dependencies: [
                "Composition", "DirectoryFileStore", "ImportDomain", "ImportEngine", "ImportFixtures", "SQL",
                "WorkspaceServices", logging, serviceLifecycle, unixSignals,
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "HostileServers", "ImportEngine", "ImportFixtures", "JSON", "OpenAPISchemas", "PostgreSQLDriver",
                "RandomNumbers", "SQL", "SQLiteDriver", "ZipFixtures", "ferry",
            ],
            resources: [.copy("Fixtures")]),
        .testTarget(name: "TidyTests"),
    ]
)

// One place for the language rules that every target keeps.
let languageRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
for target in package.targets where target.type != .system {
    target.swiftSettings = languageRules + (target.swiftSettings ?? [])
}
