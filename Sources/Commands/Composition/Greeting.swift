public import WorkspaceServices

/// What whoever started a server wants to know next.
public struct Greeting: Sendable {
    /// The address that the server listens on.
    public let host: String
    /// The port that the server listens on.
    public let port: Int
    /// What was done for the first administrator.
    public let outcome: Bootstrap.Outcome

    /// The address for clients on this machine.
    public var url: String {
        let name = ["0.0.0.0", "::"].contains(host) ? "localhost" : host
        return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }

    /// Lines for a terminal: where the server is, and the calls of a first import, ready to paste.
    public var text: String {
        var lines = ["", "Ferry \(FerryServer.version) answers at \(url)"]
        var (username, password) = ("<username>", "<password>")
        switch outcome {
        case .complete: break
        case .administratorCreated(let name):
            username = name
            lines.append("The first administrator is \(name), with the password from ADMIN_PASS.")
        case .administratorCreatedWithPassword(let name, let secret):
            (username, password) = (name, secret)
            lines.append("The first administrator is \(name) with the password \(secret) (shown this once).")
        }
        return (lines + ["", "A first import, line by line:", ""] + calls(username, password) + [""])
            .joined(separator: "\n")
    }

    private func calls(_ username: String, _ password: String) -> [String] {
        let user =
            #"{"users":[{"username":"ada","name":"Ada Lovelace","emails":["ada@example.com"],"importIds":["a1"]}]}"#
        return [
            "  URL=\(url)/api/v1",
            "  eval $(curl -s $URL/login -d 'user=\(username)' -d 'password=\(password)' |"
                + " python3 -c 'import json,sys; d=json.load(sys.stdin)[\"data\"];"
                + " print(\"ID=\"+d[\"userId\"], \"TOKEN=\"+d[\"authToken\"])')",
            "  ferry() { curl -s -H \"X-User-Id: $ID\" -H \"X-Auth-Token: $TOKEN\""
                + " -H 'Content-Type: application/json' \"$@\"; echo; }",
            "  ferry -X POST $URL/import.new",
            "  ferry -X POST $URL/import.addUsers -d '\(user)'",
            "  ferry -X POST $URL/import.run",
            "  sleep 1; ferry $URL/import.status",
            "  ferry \"$URL/users.info?importId=a1\"",
        ]
    }
}
