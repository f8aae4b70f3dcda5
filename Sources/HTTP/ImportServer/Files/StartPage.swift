import HTTPTypes
import Hummingbird

/// The page at the server's root URL: what the server is, with links.
///
/// The page loads nothing, and its policy allows nothing.
struct StartPage {
    let version: String

    var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy:
                    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ], body: .init(text: html))
    }

    private var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Ferry</title>
        </head>
        <body>
        <h1>Ferry \(escapedVersion)</h1>
        <p>This server imports users, rooms and messages into its own workspace, over the part of Rocket.Chat's REST API
        that imports need. Calls are at <code>/api/v1/</code>.</p>
        <ul>
        <li><a href="/api/openapi.json">OpenAPI 3.1 document</a></li>
        <li><a href="/api/openapi-3.0.json">OpenAPI 3.0 document</a>, for client generators</li>
        <li><a href="/health">Health</a></li>
        </ul>
        <p>README.md and docs/ of the distribution describe the first steps and every call.</p>
        </body>
        </html>

        """
    }

    private var escapedVersion: String {
        version.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
