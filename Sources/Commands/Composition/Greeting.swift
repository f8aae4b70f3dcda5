public import WorkspaceServices

/// The message after the start of a server.
public struct Greeting: Sendable {
    /// The address that the server listens on.
    public let host: String
    /// The port that the server listens on.
    public let port: Int
    /// The outcome of creating the first administrator.
    public let outcome: Bootstrap.Outcome

    /// The address for clients on this machine.
    public var url: String {
        let name = ["0.0.0.0", "::"].contains(host) ? "localhost" : host
        return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }

    /// Lines for a terminal: the server's URL, and the calls of a first import, ready to paste.
    public var text: String {
        var lines = ["", "Ferry \(FerryServer.version) answers at \(url)"]
        var username = "admin"
        var password: String?
        switch outcome {
        case .complete: break
        case .administratorCreated(let name):
            username = name
            lines.append("The first administrator is \(name), with the password from ADMIN_PASS.")
        case .administratorCreatedWithPassword(let name, let secret):
            (username, password) = (name, secret)
            lines.append("The first administrator is \(name) with the password \(secret) (shown this once).")
        }
        lines += ["", "To import with a browser, open \(url)/admin/import"]
        lines += ["", "To import with a script, paste this line into another terminal, which signs in:", ""]
        lines.append("  " + signIn(username, password))
        if password == nil { lines.append("  (It asks for the password. Change the username if yours is another.)") }
        lines += ["", "Then paste a first import:", ""] + firstImport.map { "  " + $0 } + [""]
        return lines.joined(separator: "\n")
    }

    /// One line, because the password prompt would read a following line as the password.
    private func signIn(_ username: String, _ password: String?) -> String {
        let ask = #"printf 'Password: '; stty -echo; read -r PASSWORD; stty echo; echo"#
        return [
            "URL=\(url)/api/v1", "JSON='Content-Type: application/json'",
            #"api() { curl -s -H "X-User-Id: $ID" -H "X-Auth-Token: $TOKEN" "$@"; echo; }"#,
            password.map { "PASSWORD=\(quoted($0))" } ?? ask,
            "eval \"$(curl -s $URL/login --data-urlencode user=\(quoted(username)) --data-urlencode"
                + #" "password=$PASSWORD" | python3 -c 'import json,sys; d=json.load(sys.stdin).get("data");"#
                + #" print("ID="+d["userId"], "TOKEN="+d["authToken"]) if d"#
                + #" else print("echo Sign-in failed: check username and password.")')""#,
        ].joined(separator: "; ")
    }

    private var firstImport: [String] {
        let users =
            #"{"users":[{"username":"ada","name":"Ada Lovelace","emails":["ada@example.com"],"importIds":["a1"],"#
            + #""password":"countess"}]}"#
        return [
            "api -X POST $URL/import.new",
            "api $URL/import.addUsers -H \"$JSON\" -d '\(users)'",
            "api -X POST $URL/import.run",
            "sleep 1; api $URL/import.status",
            "api \"$URL/users.info?importId=a1\"",
        ]
    }

    /// The text quoted for the shell.
    private func quoted(_ text: String) -> String {
        if text.utf8.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 >= 0x30 && $0 <= 0x39 }) {
            return text
        }
        return "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}
