import Foundation
import Testing

@testable import AdminPage

@Suite("Given the files of the admin page")
struct AdminPageTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/HTTP/CAdminPage/page")

    private static func text(_ path: String) throws -> String {
        String(decoding: try #require(AdminPage.files[path]).bytes, as: UTF8.self)
    }

    @Test func `when the folder is compared, then the program contains each of its files, unchanged`() throws {
        let paths = FileManager.default.enumerator(atPath: Self.folder.path)?.compactMap { $0 as? String } ?? []
        let files = try paths.compactMap { path -> (String, [UInt8])? in
            var isFolder: ObjCBool = false
            let file = Self.folder.appending(path: path)
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
                return nil
            }
            return (path, Array(try Data(contentsOf: file)))
        }

        #expect(files.count > 10)
        #expect(Set(files.map(\.0)) == Set(AdminPage.files.keys))
        let changed = files.filter { AdminPage.files[$0.0]?.bytes != $0.1 }.map(\.0)
        #expect(changed.isEmpty)
    }

    @Test func `when a file is served, then its type is that of its content, and its tag is its own`() {
        let files = AdminPage.files.values

        #expect(files.allSatisfy { $0.mediaType != "application/octet-stream" })
        #expect(Set(files.map(\.tag)).count == files.count)
        #expect(AdminPage.files["main.js"]?.mediaType == "text/javascript; charset=utf-8")
        #expect(AdminPage.files[AdminPage.document]?.mediaType == "text/html; charset=utf-8")
    }

    @Test func `when the document is read, then it has no inline script or style and loads own files only`() throws {
        let document = try Self.text(AdminPage.document)
        let links = document.matches(of: /(?:href|src)="([^"]+)"/).map { String($0.1) }

        #expect(links.count > 5)
        for link in links where !link.hasPrefix("#") && !link.hasPrefix("../api/") {
            #expect(link.hasPrefix("import/") && AdminPage.files[String(link.dropFirst(7))] != nil, "\(link)")
        }
        for text in ["<style", "style=", "onclick", "onload", "http:", "https:"] { #expect(!document.contains(text)) }
        #expect(!document.contains(/<script(?![^>]*src=)/))
        #expect(document.contains("<noscript>"))
    }

    @Test func `when a module is read, then it imports files of the page and never makes HTML of text`() throws {
        for (path, file) in AdminPage.files where path.hasSuffix(".js") {
            let source = String(decoding: file.bytes, as: UTF8.self)
            let folder = URL(filePath: "/" + path).deletingLastPathComponent()
            for match in source.matches(of: /(?:from |import\(|import )'([^']+)'/) {
                let imported = folder.appending(path: String(match.1)).standardized.path.dropFirst()
                #expect(AdminPage.files[String(imported)] != nil, "\(path) imports \(match.1)")
            }
            for word in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "new Function",
                "createContextualFragment", "setHTML",
            ] {
                let hasWord = source.contains(word)
                #expect(!hasWord, "\(path) has \(word)")
            }
        }
    }

    @Test func `when the first view is loaded, then it has less than 100 kB`() throws {
        // What the page loads for the history: the document, what it names, and everything that these modules import.
        var (waiting, loaded): ([String], Set<String>) = (
            ["main.js", "views/imports.js"], ["index.html", "style.css", "icon.svg"]
        )
        while let path = waiting.popLast() {
            guard loaded.insert(path).inserted else { continue }
            let folder = URL(filePath: "/" + path).deletingLastPathComponent()
            for match in try Self.text(path).matches(of: /from '([^']+)'/) {
                waiting.append(String(folder.appending(path: String(match.1)).standardized.path.dropFirst()))
            }
        }
        let sizes = loaded.compactMap { AdminPage.files[$0]?.bytes.count }

        #expect(sizes.count == loaded.count)
        #expect(sizes.reduce(0, +) < 100_000)
    }

    @Test func `when the policy is read, then it allows nothing but the page's own files and its own server`() {
        let rules = AdminPage.contentSecurityPolicy.split(separator: "; ").map { $0.split(separator: " ") }

        #expect(rules.first == ["default-src", "'none'"])
        for rule in rules.dropFirst() where rule[0] != "require-trusted-types-for" {
            #expect(rule.dropFirst() == ["'self'"] || rule.dropFirst() == ["'none'"], "\(rule)")
        }
        #expect(rules.contains(["frame-ancestors", "'none'"]))
    }
}
