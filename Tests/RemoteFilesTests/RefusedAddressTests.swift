import HostileServers
import ImportDomain
import RemoteFiles
import Testing

@Suite("Given addresses that imported data chose")
struct RefusedAddressTests {
    @Test(arguments: [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/",
        "http://localhost/", "http://localhost./", "http://0.0.0.0/", "http://0/", "http://10.0.0.1:8080/",
        "https://192.168.1.1/",
    ])
    func `when one leads to a private address in any form, then it is rejected permanently`(url: String) async throws {
        let resolver = SystemResolver(threads: 1)
        var download = Download()
        download.resolver = resolver
        download.allowlist = []

        let error = try await download.run(url).error

        await resolver.close()
        #expect(error?.code == .addressRefused)
        #expect(error?.isPermanent == true)
    }

    @Test func `when one of a host's addresses is private, then none is asked`() async throws {
        let (outcome, requests) = try await HostileServer.run(["/f": .file("x")]) { server in
            var download = Download()
            download.resolver = ScriptedResolver(["files.test": [["127.0.0.1", "10.0.0.1"]]])
            return (try await download.run("http://files.test:\(server.port)/f"), server.requests)
        }

        #expect(outcome.error?.code == .addressRefused)
        #expect(outcome.error?.detail == "files.test is 10.0.0.1 (private).")
        #expect(
            outcome.error?.message
                == "files.test is not a public address. An administrator can allow it in SSRF_Allowlist.")
        #expect(requests.isEmpty)
    }

    @Test(arguments: ["127.0.0.2", "[::1]", "inner.test"])
    func `when a redirect leads to a private address, then it is rejected`(host: String) async throws {
        let outcome = try await HostileServer.run(["/f": .redirect("http://\(host)/f")]) { server in
            var download = Download()
            download.resolver = ScriptedResolver(["files.test": [["127.0.0.1"]], "inner.test": [["127.0.0.2"]]])
            download.allowlist = ["127.0.0.1:\(server.port)"]
            return try await download.run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.error?.code == .addressRefused)
        #expect(outcome.error?.isPermanent == true)
    }

    @Test func `when a redirect leads to another port than the one allowed, then it is rejected`() async throws {
        let (outcome, requests) = try await HostileServer.run(["/f": .file("x")]) { inner in
            let outcome = try await HostileServer.run(["/f": .redirect("http://127.0.0.1:\(inner.port)/f")]) { server in
                var download = Download()
                download.allowlist = ["127.0.0.1:\(server.port)"]
                return try await download.run("http://127.0.0.1:\(server.port)/f")
            }
            return (outcome, inner.requests)
        }

        #expect(outcome.error?.code == .addressRefused)
        #expect(requests.isEmpty)
    }

    @Test func `when a name is rebound after the check, then the checked address is asked, and the name once`()
        async throws
    {
        let resolver = ScriptedResolver(["files.test": [["127.0.0.1"], ["127.0.0.2"]]])

        let outcome = try await HostileServer.run(["/f": .file("x")]) { server in
            var download = Download()
            download.resolver = resolver
            return try await download.run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.content == "x")
        #expect(resolver.asked == ["files.test"])
    }

    @Test func `when a name is rebound between redirects, then the new address is checked too`() async throws {
        let resolver = ScriptedResolver(["files.test": [["127.0.0.1"], ["127.0.0.2"]]])

        let (outcome, requests) = try await HostileServer.run(["/f": .redirect("/g"), "/g": .file("x")]) { server in
            var download = Download()
            download.resolver = resolver
            return (try await download.run("http://files.test:\(server.port)/f"), server.requests)
        }

        #expect(outcome.error?.code == .addressRefused)
        #expect(resolver.asked == ["files.test", "files.test"])
        #expect(requests.count == 1)
    }

    @Test(arguments: [
        ("ftp://files.test/f", RemoteFileError.Code.schemeRefused), ("file:///etc/passwd", .schemeRefused),
        ("data:,x", .schemeRefused), ("gopher://files.test:70/x", .schemeRefused), ("", .schemeRefused),
        ("http://user:secret@files.test/", .credentialsRefused), ("http://secret@files.test/", .credentialsRefused),
        ("http://127.0.0.1\\@files.test/", .addressInvalid), ("http:///f", .addressInvalid),
        ("http://files.test:0/", .addressInvalid), ("http://files.test:99999/", .addressInvalid),
        ("http://files.test:+80/", .addressInvalid), ("http://files.test/\r\nX: y", .addressInvalid),
        ("http://[fe80::1%25eth0]/", .addressInvalid), ("http://f%69les.test/", .addressInvalid),
        ("http://bücher.test/", .addressInvalid), ("http://files..test/", .addressInvalid),
        ("http://files.test/\(String(repeating: "x", count: 9000))", .addressInvalid),
    ])
    func `when one is not a plain web URL, then it is rejected without a request`(
        url: String, code: RemoteFileError.Code
    ) async throws {
        let resolver = ScriptedResolver(["files.test": [["127.0.0.1"]]])
        var download = Download()
        download.resolver = resolver

        let error = try await download.run(url).error

        #expect(error?.code == code)
        #expect(error?.isPermanent == true)
        #expect(error?.message.contains("secret") == false)
        #expect(resolver.asked.isEmpty)
    }

    @Test(arguments: [
        ("ftp://files.test/f", RemoteFileError.Code.schemeRefused), ("http://a:b@files.test/", .credentialsRefused),
        ("javascript:alert(1)", .schemeRefused), ("", .redirectRefused),
    ])
    func `when a redirect leads to anything but a plain web URL, then it is rejected`(
        location: String, code: RemoteFileError.Code
    ) async throws {
        let outcome = try await HostileServer.run(["/f": .redirect(location)]) { server in
            try await Download().run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.error?.code == code)
    }
}
