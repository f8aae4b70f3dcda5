import Foundation
import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import Logging
import NIOCore
import WorkspaceServices

/// Avatars and files of messages.
enum FileRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(ServerCalls.avatar, access: .everybody, budget: .unlimited) { call, _ in
            let username = try call.pathText("username")
            return Reply(try await avatar(try await call.services.files.avatar(of: username), of: username, call))
        },
        Endpoint(ServerCalls.avatarByID, access: .everybody, budget: .unlimited) { call, _ in
            let id = try call.pathText("id")
            let (file, username) = try await call.services.files.avatar(of: UserID(id))
            return Reply(try await avatar(file, of: username ?? id, call))
        },
        Endpoint(UserCalls.avatar, access: .signedIn) { call, input in
            let user = try await call.services.accounts.account(selector(input.query), for: call.caller)
            guard let url = call.services.site.avatarURL(of: user) else {
                throw WorkspaceError.userNotFound
            }
            return Reply(Response(status: .temporaryRedirect, headers: [.location: url]))
        },
        Endpoint(ServerCalls.file, access: .signedInByCookie, budget: .imports) { call, _ in
            let file = try await call.services.files.file(FileID(call.pathText("id")), for: call.caller)
            return Reply(
                try await FileResponse(file: file, area: .uploads, caching: "private, max-age=3600").response(to: call))
        },
    ]

    /// The path of a file of messages.
    static func path(of id: FileID, named name: String) -> String {
        // Clients resolve a path that ends with these segments; the name in a path is informational.
        let isSegment = name != "." && name != ".."
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "/"))
        let encoded = isSegment ? name.addingPercentEncoding(withAllowedCharacters: allowed) : nil
        return "/file-upload/\(id)/\(encoded ?? "file")"
    }

    private static let avatarCaching = "public, max-age=300"

    /// The avatar of an account; without one, the initials of its name.
    private static func avatar(
        _ file: StoredFile?, of username: String, _ call: Endpoint.Call
    ) async throws -> Response {
        do {
            if let file {
                return try await FileResponse(file: file, area: .avatars, caching: avatarCaching).response(to: call)
            }
        } catch let error as FileStoreError where error.code == .missing {
            call.context.logger.error("An avatar's bytes are gone.", metadata: ["code": "\(error.code)"])
        }
        return try await initials(of: username, call)
    }

    private static func initials(of username: String, _ call: Endpoint.Call) async throws -> Response {
        let image = InitialsImage(username: username)
        let headers: HTTPFields = [
            .contentType: "image/svg+xml", .cacheControl: avatarCaching, .eTag: image.tag,
            .contentSecurityPolicy: "default-src 'none'; sandbox", .acceptRanges: "bytes",
        ]
        let bytes = ByteBuffer(string: image.svg)
        return try await FileResponse.response(
            to: call.request.headers, headers: headers, tag: image.tag, size: Int64(bytes.readableBytes)
        ) { range in
            let part = range.flatMap { bytes.getSlice(at: Int($0.lowerBound), length: $0.count) }
            return ResponseBody(byteBuffer: part ?? bytes)
        }
    }

    private static func selector(_ query: AvatarQuery) throws(APIFailure) -> AccountService.Selector {
        if let id = query.userId {
            guard query.username == nil else {
                throw .coded(
                    "Exactly one of \"userId\" and \"username\" must be provided", "error-user-param-not-provided")
            }
            return .id(UserID(id))
        }
        if let username = query.username { return .username(username) }
        throw .coded(
            "The required \"userId\" or \"username\" param was not provided", "error-user-param-not-provided")
    }
}

extension Endpoint.Call {
    /// A part of the path, decoded.
    ///
    /// - Throws: the error of an invalid percent-encoding.
    fileprivate func pathText(_ name: String) throws -> String {
        guard let text = try context.parameters.require(name).removingPercentEncoding else {
            throw APIFailure.resourceNotFound
        }
        return text
    }
}

extension ServerServices.Site {
    /// The URL of an account's avatar; nil without a username.
    ///
    /// Clients shorten a path with the segments `.` and `..`, encoded or not, so these usernames are replaced by ids.
    func avatarURL(of user: User) -> String? {
        guard let username = user.username else { return nil }
        guard ![".", ".."].contains(username) else { return "\(rootURL)/avatar/uid/\(user.id)" }
        return username.addingPercentEncoding(
            withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: "/"))
        ).map { "\(rootURL)/avatar/\($0)" }
    }
}
