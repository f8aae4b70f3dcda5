import Foundation
import Testing

/// The habits of CONTRIBUTING.md that a machine can check.
@Suite("Given the repository")
struct TidyTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func files(below folder: String, ending: String) throws -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(ending) }
            .map { ("\(folder)/\($0)", try String(contentsOf: base.appending(path: $0), encoding: .utf8)) }
    }

    @Test func `when things are named, then not for want of a better name`() throws {
        for (path, text) in try Self.files(below: "Sources", ending: ".swift") {
            for word in ["Manager", "Helper", "Utils", "Utility", "Misc"] {
                let isDeclared = text.split(separator: "\n").contains { line in
                    ["class ", "struct ", "enum ", "actor ", "protocol "].contains { line.contains($0) }
                        && line.contains(word) && !line.trimmingPrefix { $0 == " " }.hasPrefix("//")
                }
                #expect(!isDeclared, "\(path) declares a \(word)")
            }
        }
    }

    /// Words and phrases that make text hard to read, in lower case, and the usual terms.
    private static let bannedWords: [(phrases: [String], terms: String)] = [
        (["whoever", "whomever"], "the worker, the caller, the account"),
        (["in hand"], "held, in progress"),
        (["put in line", "puts in line", "wait in line", "waits in line", "stands in line"], "queue, queued"),
        (["is read over", "are read over", "be read over"], "ignored"),
        (["tidy away", "tidies away", "tidied away"], "purge"),
        (["prolong", "prolongs", "prolonged", "prolonging"], "renew"),
        (["give back", "gives back", "gave back", "given back", "giving back"], "release"),
        (["for good"], "permanently"),
        (["for a passing reason"], "temporarily"),
        (["made up"], "synthetic, placeholder"),
        (["make sense", "makes sense", "makes no sense", "make no sense"], "valid, invalid"),
        (["of the given parts"], "nothing: the signature states them"),
        (["write down", "writes down", "wrote down", "written down"], "record"),
        (["told apart", "tell apart", "tells apart"], "distinguish"),
        (["at fault"], "invalid"),
        (["as it stands", "as they stand"], "unchanged, literal"),
        (["picture", "pictures"], "image, avatar"),
        (["name for people", "names for people", "sentence for people"], "display name, sentence"),
        (["gravest"], "most severe"),
        (["refuse", "refuses", "refused", "refusal", "refusals", "refusing"], "reject, fail, error"),
        (
            ["json", "archive", "directory", "image", "number", "table", "database", "text", "digest", "hash", "date"]
                .flatMap { ["is no \($0)", "are no \($0)", "was no \($0)"] }, "is not a …"
        ),
        (["has it fetched", "has them fetched", "have pictures fetched", "have files fetched"], "fetch"),
        (["goes on", "went on"], "continue"),
        (["next to nothing"], "almost nothing"),
    ]

    /// The text without code: what stands between backticks, and fenced blocks.
    private static func prose(of text: String) -> [String] {
        var isCode = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.hasPrefix("```") || line.hasPrefix("   ```") { isCode.toggle() }
            return isCode ? "" : String(line).replacing(/`[^`]*`/, with: "`")
        }
    }

    /// The comments of a source, line by line, with its strings or, for tests, with the names of the tests.
    private static func words(of source: String, isTest: Bool) -> [String] {
        source.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let code = String(line.trimmingPrefix { $0 == " " })
            if code.hasPrefix("//") { return code.replacing(/`[^`]*`/, with: "`") }
            if isTest { return code.firstMatch(of: /func `([^`]+)`|@Suite\("([^"]+)"/).map { String($0.0) } ?? "" }
            return code.matches(of: /"((?:[^"\\]|\\.)*)"/).map { String($0.1) }.filter { $0.contains(" ") }
                .joined(separator: " | ")
        }
    }

    /// The letters of a line in lower case, with a space in place of every other character and at both ends.
    private static func letters(of line: String) -> String {
        let bytes = line.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
            case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...: byte
            default: UInt8(ascii: " ")
            }
        }
        return " " + String(decoding: bytes, as: UTF8.self) + " "
    }

    @Test func `when text is for people, then it has the usual terms`() throws {
        var texts: [(path: String, lines: [String])] = []
        for folder in ["Sources", "Tests"] {
            for (path, text) in try Self.files(below: folder, ending: ".swift")
            where !path.hasPrefix("Tests/TidyTests") {
                texts.append((path, Self.words(of: text, isTest: folder == "Tests")))
            }
        }
        for (path, text) in try Self.files(below: "docs", ending: ".md") { texts.append((path, Self.prose(of: text))) }
        for name in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
            let text = try String(contentsOf: Self.root.appending(path: name), encoding: .utf8)
            texts.append((name, Self.prose(of: text)))
        }
        for (path, lines) in texts {
            let letters = lines.map { $0.isEmpty ? "" : Self.letters(of: $0) }
            let all = letters.joined(separator: "\n")
            for (phrases, terms) in Self.bannedWords {
                for phrase in phrases where all.contains(" \(phrase) ") {
                    for (index, line) in letters.enumerated() where line.contains(" \(phrase) ") {
                        Issue.record("\(path):\(index + 1) has \"\(phrase)\". Use: \(terms)")
                    }
                }
            }
        }
    }

    @Test func `when a message of the log is documented, then a source has it`() throws {
        let sources = try Self.files(below: "Sources", ending: ".swift").map(\.text).joined()
        let page = try #require(try Self.files(below: "docs", ending: "operations.md").first?.text)
        let table = try #require(page.split(separator: "## Logs").last?.split(separator: "\n## ").first)
        let messages = table.split(separator: "\n").filter { $0.hasPrefix("| ") }
            .compactMap { $0.split(separator: "|").dropFirst().first }
            .flatMap { $0.split(separator: "`").map(String.init).filter { $0.hasSuffix(".") } }

        #expect(messages.count > 20)
        for message in messages { #expect(sources.contains("\"\(message)\""), "\(message)") }
    }

    @Test func `when a check is switched off, then the reason stands beside it`() throws {
        for (path, text) in try Self.files(below: "Sources", ending: ".swift") {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                guard
                    ["@unchecked Sendable", "nonisolated(unsafe)", "try?", "try!", "as!"].contains(
                        where: line.contains),
                    !line.trimmingPrefix(while: { $0 == " " }).hasPrefix("//")
                else { continue }
                let neighbours = lines[max(0, index - 3)...index]
                #expect(neighbours.contains { $0.contains("//") }, "\(path):\(index + 1)")
            }
        }
    }

    @Test func `when code points to a document, then the document and its section exist`() throws {
        let pattern = /docs\/[A-Za-z0-9\/-]+\.md(?:, "([^"]+)")?/
        for (path, text) in try Self.files(below: "Sources", ending: ".swift") {
            for match in text.matches(of: pattern) {
                let name = String(match.0.prefix { $0 != "," })
                let document = try? String(contentsOf: Self.root.appending(path: name), encoding: .utf8)
                #expect(document != nil, "\(path) names \(name)")
                if let section = match.1 {
                    let hasSection = document?.split(separator: "\n")
                        .contains { $0.hasPrefix("#") && $0.hasSuffix(" \(section)") }
                    #expect(hasSection == true, "\(path) names \(name), \(section)")
                }
            }
        }
    }

    @Test func `when the page of guarantees names a test, then there is one`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/guarantees.md"), encoding: .utf8)
        let sources = try Self.files(below: "Tests", ending: ".swift")
        let targets = Set(sources.map { String($0.path.split(separator: "/")[1]) })
        let suites = Set(
            sources.flatMap { $0.text.matches(of: /(?:struct|enum|class) (\w+Tests)\b/).map { String($0.1) } })
        let names = page.matches(of: /`(?:(\w+)\/)?(\w+Tests)`/)

        #expect(names.count > 50)
        for name in names {
            #expect(suites.contains(String(name.2)) || targets.contains(String(name.2)), "\(name.0)")
        }
    }

    @Test func `when a setting or variable is read, then its page documents it`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/configuration.md"), encoding: .utf8)
        let variables = [
            "PORT", "BIND_IP", "ROOT_URL", "ADMIN_USERNAME", "ADMIN_PASS", "ADMIN_EMAIL", "ADMIN_NAME", "DATABASE_URL",
            "FERRY_DATA", "FERRY_WORKERS", "FERRY_LOG_LEVEL", "--host", "--port", "--database", "--data",
        ]
        let source = try String(
            contentsOf: Self.root.appending(path: "Sources/Domain/ImportDomain/Workspace/Setting.swift"),
            encoding: .utf8)
        let settings = source.matches(of: /SettingDefinition\(\s*"([A-Za-z0-9_]+)"/).map { String($0.1) }

        #expect(settings.count > 10)
        for key in variables + settings { #expect(page.contains("`\(key)`"), "\(key)") }
    }

    @Test func `when the documents show an importer, then it is the one that is compiled`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/writing-an-importer.md"), encoding: .utf8)
        let files = try Self.files(below: "Tests/Support/ExampleImporter", ending: ".swift")

        #expect(files.count == 6)
        for (path, text) in files { #expect(page.contains("```swift\n\(text)```"), "\(path)") }
    }

    @Test(arguments: ["Sources/Importers/SlackImporter/Slack", "Sources/Importers/CSVImporter/CSV"])
    func `when there is an importer, then it has the files of every importer`(prefix: String) throws {
        for name in ["Importer", "Detection", "Users", "Rooms", "Messages", "Text"] {
            let file = Self.root.appending(path: "\(prefix)\(name).swift")
            let text = try String(contentsOf: file, encoding: .utf8)

            #expect(text.contains(" \(file.deletingPathExtension().lastPathComponent)"), "\(file.path)")
        }
    }

    @Test func `when a type of an importer is declared, then its file has its name, and no other target the name`()
        throws
    {
        var pathsByName: [String: [String]] = [:]
        for (path, text) in try Self.files(below: "Sources", ending: ".swift") {
            let declarations = text.matches(
                of: /(?m)^(?:public )?(?:final |indirect )?(?:struct|class|enum|actor|protocol) (\w+)/)
            for declaration in declarations {
                let name = String(declaration.1)
                pathsByName[name, default: []].append(path)
                if path.hasPrefix("Sources/Importers/") {
                    #expect(path.hasSuffix("/\(name).swift"), "\(path) declares \(name)")
                }
            }
        }

        for (name, paths) in pathsByName where paths.contains(where: { $0.hasPrefix("Sources/Importers/") }) {
            #expect(paths.count == 1, "\(name): \(paths)")
        }
    }

    @Test func `when the engine writes durably, then the write has a name at which tests end the process`() throws {
        for (path, text) in try Self.files(below: "Sources/Engine/ImportEngine", ending: ".swift")
        where !path.hasSuffix("/DurableWrite.swift") {
            let unnamed =
                text.matches(of: /store\.write(?: \{|\(\{|\(work)/).count
                + text.matches(of: /files\.(?:remove|adopt)\((?:[^(),]|\([^()]*\)|, as: )*\)/).count
                + text.matches(of: /writer\.finish\(\)/).count
            #expect(unnamed == 0, "\(path)")
        }
    }
}
