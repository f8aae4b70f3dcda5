import Foundation
import ImportDomain
import RemoteFiles
import Testing

@Suite("Given the page about downloads")
struct DownloadsPageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/downloads.md")

    @Test func `when a range is rejected, then the page lists it`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)

        for rule in PrivateAddressRules.rules { #expect(text.contains("`\(rule.text)`"), "\(rule.text)") }
    }

    @Test func `when a download can fail, then the page says whether it is tried again`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)

        for code in RemoteFileError.Code.allCases { #expect(text.contains("`\(code.rawValue)`"), "\(code)") }
    }
}
