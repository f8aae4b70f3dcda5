import AdminPage
import HTTPTypes
import Hummingbird

/// The admin page. Its files are not calls of the API, so the OpenAPI document has none of them.
enum PageRoutes {
    /// The path of the page; its files are below it.
    static let path = "/admin/import"

    /// The page, or one of its files.
    @Sendable static func file(_ request: Request, context: ServerContext) async throws -> Response {
        let name = context.parameters.getCatchAll().joined(separator: "/")
        guard let file = AdminPage.files[name.isEmpty ? AdminPage.document : name] else {
            throw APIFailure.resourceNotFound
        }
        let bytes = ByteBuffer(bytes: file.bytes)
        let headers: HTTPFields = [
            .contentType: file.mediaType, .cacheControl: "no-cache", .eTag: file.tag, .acceptRanges: "bytes",
            .contentSecurityPolicy: AdminPage.contentSecurityPolicy, .referrerPolicy: "no-referrer",
        ]
        return try await FileResponse.response(
            to: request.headers, headers: headers, tag: file.tag, size: Int64(bytes.readableBytes)
        ) { range in
            let part = range.flatMap { bytes.getSlice(at: Int($0.lowerBound), length: $0.count) }
            return ResponseBody(byteBuffer: part ?? bytes)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = makeName("Referrer-Policy")
}
