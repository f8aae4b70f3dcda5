import Foundation
import HostileServers
import ImportDomain
import NIOSSL
import RemoteFiles
import Testing

@Suite("Given a server with a certificate")
struct EncryptionTests {
    private static func fixture(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
    }

    private static func serve<Value>(
        _ answers: [String: HostileServer.Answer], body: (HostileServer) async throws -> Value
    ) async throws -> Value {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(fixture("files.test.pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: fixture("files.test.key.pem"), format: .pem)))
        return try await HostileServer.run(answers, encryption: NIOSSLContext(configuration: configuration), body: body)
    }

    private static func download() -> Download {
        var download = Download()
        download.resolver = ScriptedResolver(["files.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]])
        return download
    }

    @Test(arguments: ["files.test", "127.0.0.1"])
    func `when the certificate is trusted and has the name or address, then the file is fetched`(
        host: String
    ) async throws {
        let outcome = try await Self.serve(["/f": .file("x")]) { server in
            try await Self.download().run("https://\(host):\(server.port)/f")
        }

        #expect(outcome.content == "x")
    }

    @Test func `when the certificate has another name, then nothing is asked`() async throws {
        let (outcome, requests) = try await Self.serve(["/f": .file("x")]) { server in
            (try await Self.download().run("https://other.test:\(server.port)/f"), server.requests)
        }

        #expect(outcome.error?.code == .encryptionFailed)
        #expect(requests.isEmpty)
    }

    @Test func `when nobody trusted has signed the certificate, then nothing is asked`() async throws {
        let (outcome, requests) = try await Self.serve(["/f": .file("x")]) { server in
            var download = Self.download()
            download.authoritiesFile = nil
            return (try await download.run("https://files.test:\(server.port)/f"), server.requests)
        }

        #expect(outcome.error?.code == .encryptionFailed)
        #expect(requests.isEmpty)
    }

    @Test func `when the server does not respond to the handshake, then the idle time ends it`() async throws {
        let outcome = try await HostileServer.run(["/f": .silence]) { server in
            var download = Self.download()
            download.idleTime = .milliseconds(300)
            return try await download.run("https://files.test:\(server.port)/f")
        }

        #expect(outcome.error?.code == .idleTimeout)
    }

    @Test func `when a redirect leaves encryption, then it is rejected`() async throws {
        let outcome = try await Self.serve(["/f": .redirect("http://files.test/f")]) { server in
            try await Self.download().run("https://files.test:\(server.port)/f")
        }

        #expect(outcome.error?.code == .redirectRefused)
        #expect(outcome.error?.isPermanent == true)
    }

    @Test func `when the connection ends in the middle of the file, then it is truncated`() async throws {
        let answer = HostileServer.Answer.bytesAndClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

        let outcome = try await Self.serve(["/f": answer]) { server in
            try await Self.download().run("https://files.test:\(server.port)/f")
        }

        #expect(outcome.error?.code == .truncated)
    }
}
