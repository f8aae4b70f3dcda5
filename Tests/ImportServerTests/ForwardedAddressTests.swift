import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@testable import ImportServer

@Suite("Given a server behind proxies")
struct ForwardedAddressTests {
    private static func headers(_ lines: [String]) -> HTTPFields {
        var headers = HTTPFields()
        guard let name = HTTPField.Name("X-Forwarded-For") else { return headers }
        for line in lines { headers.append(HTTPField(name: name, value: line)) }
        return headers
    }

    @Test(arguments: [
        (["203.0.113.7"], 1, "203.0.113.7"), (["made up, 203.0.113.7"], 1, "203.0.113.7"),
        (["203.0.113.7, 10.0.0.2"], 2, "203.0.113.7"), (["x", "2001:db8::7", "10.0.0.2"], 2, "2001:db8::7"),
        (["203.0.113.7 ,\t10.0.0.2"], 2, "203.0.113.7"), (["203.0.113.7:5123"], 1, "203.0.113.7"),
        (["[2001:db8::7]:443"], 1, "2001:db8::7"), (["[2001:db8::7]"], 1, "2001:db8::7"),
    ])
    func `when each has added an address, then the client's is as far from the end as there are proxies`(
        lines: [String], proxies: Int, address: String
    ) {
        #expect(ForwardedAddress.address(in: Self.headers(lines), proxies: proxies) == address)
    }

    @Test(
        arguments: [
            ([], 1), (["203.0.113.7"], 0), (["203.0.113.7"], 2), ([""], 1), (["a, "], 1),
            ([String(repeating: "9", count: 65)], 1),
        ] as [([String], Int)])
    func `when there are none, or fewer places than proxies, then the connection's address counts`(
        lines: [String], proxies: Int
    ) {
        #expect(ForwardedAddress.address(in: Self.headers(lines), proxies: proxies) == nil)
    }

    @Test(.onEveryStore) func `when one client fails to sign in too often, then others are not blocked`() async throws {
        try await TestServer.with(proxies: 1) { server in
            try await server.workspace.settings.set(
                .number(2), of: "Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip")
            let right = #"{"user":"admin","password":"\#(TestWorkspace.password)"}"#
            for _ in 0..<2 {
                _ = try await server.call(
                    .post, "login", body: #"{"user":"nobody","password":"wrong"}"#,
                    headers: Self.headers(["10.9.9.9, 203.0.113.7"]), as: nil)
            }

            let blocked = try await server.call(
                .post, "login", body: right, headers: Self.headers(["10.1.1.1, 203.0.113.7"]), as: nil)
            let other = try await server.call(
                .post, "login", body: right, headers: Self.headers(["203.0.113.7, 203.0.113.8"]), as: nil)

            #expect(blocked.status == 401)
            #expect(blocked.json["error"]?.text == "error-login-blocked-for-ip")
            #expect(other.status == 200)
        }
    }
}
