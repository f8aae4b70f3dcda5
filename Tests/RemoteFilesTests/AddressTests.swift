import ImportDomain
import Testing

@testable import RemoteFiles

@Suite("Given addresses and exceptions as people write them")
struct AddressTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "255.1.2.3", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "ff::1", true), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.2", false), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fc00::1", false),
        ("192.168.0.128/25", "192.168.0.127", false), ("192.168.0.128/25", "192.168.0.255", true),
    ])
    func `when an address is held against a range, then its leading bits decide`(
        text: String, address: String, isInside: Bool
    ) throws {
        let range = try #require(AddressRange(text))
        let address = try #require(IPAddress(address))

        #expect(range.contains(address) == isInside)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10/8", "::/129", "::/-1", "10.0.0.0/+8", "x",
    ])
    func `when a text is not a range, then there is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.0.0.1:8080", true), ("127.0.0.1:8081", false), ("127.0.0.0/8", true),
        ("files.test", true), ("FILES.test.", true), ("files.test:8080", true), ("files.test:81", false),
        ("other.test", false), ("test", false), ("127.0.0.2", false), ("::1", false), ("[::1]:8080", false),
    ])
    func `when an exception is asked about files.test at 127.0.0.1:8080, then it says whether it is meant`(
        entry: String, isAllowed: Bool
    ) throws {
        let allowlist = AddressAllowlist([entry])
        let address = try #require(IPAddress("127.0.0.1"))

        #expect(allowlist.allows(address, of: "files.test", port: 8080) == isAllowed)
        #expect(allowlist.unusable.isEmpty)
    }

    @Test func `when exceptions are written in any form, then all are found and slips are named`() throws {
        let allowlist = AddressAllowlist(setting: " 10.0.0.0/8,files.test\n[::1]:80 10.0.0.1/8, 127.1 http://x *.test ")
        let ten = try #require(IPAddress("10.9.9.9"))
        let loopback = try #require(IPAddress("::1"))

        #expect(allowlist.allows(ten, of: "x", port: 1))
        #expect(allowlist.allows(loopback, of: "x", port: 80))
        #expect(!allowlist.allows(loopback, of: "x", port: 81))
        #expect(allowlist.unusable == ["10.0.0.1/8", "127.1", "http://x", "*.test"])
    }

    @Test(arguments: [
        ("HTTP://Files.Test", "files.test", "/", "files.test"),
        ("https://files.test:443?x=1", "files.test", "/?x=1", "files.test"),
        ("http://files.test:8080/ä b?q=\"#f", "files.test", "/%C3%A4%20b?q=%22", "files.test:8080"),
        ("http://[0:0::1]:81/%2e%2E/", "[::1]", "/%2e%2E/", "[::1]:81"),
        ("http://files.test./a?b?c", "files.test", "/a?b?c", "files.test"),
    ])
    func `when an address is taken apart, then its host alone is shown and it is asked for whole`(
        text: String, host: String, target: String, hostField: String
    ) throws {
        let address = try RemoteAddress(text)

        #expect(address.host.text == host)
        #expect(address.target == target)
        #expect(address.hostField == hostField)
    }

    @Test(arguments: [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001",
    ])
    func `when the system resolves a number in any form, then it is the address that would be connected to`(
        host: String
    ) async throws {
        let resolver = SystemResolver(threads: 1)

        let addresses = try await resolver.addresses(of: host)

        await resolver.close()
        #expect(addresses == [.v4(0x7f00_0001)])
    }

    @Test func `when a question is cancelled, then nobody waits for the system`() async throws {
        let resolver = SystemResolver(threads: 1)

        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await resolver.addresses(of: "files.invalid")
        }

        await #expect(throws: RemoteFileError.cancelled) { try await task.value }
        await resolver.close()
    }
}
