import HTTPTypes
import Hummingbird
import ImportDomain
import WorkspaceServices

/// Returns a stored file or a drawn image, or the part of it that is asked for, as it is read.
struct FileResponse {
    let file: StoredFile
    let area: FileArea
    /// `Cache-Control`.
    let caching: String

    /// Identifies these bytes: the content of a file id never changes.
    private var tag: String { "\"\(file.id)\"" }

    /// - Throws: `FileStoreError`; with code `missing` when the bytes are gone.
    func response(to call: Endpoint.Call) async throws -> Response {
        var headers: HTTPFields = [.contentType: file.mediaType, .cacheControl: caching, .eTag: tag]
        headers[.acceptRanges] = "bytes"
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        if area == .uploads { headers[.contentDisposition] = ContentDisposition(file).value }
        return try await Self.response(
            to: call.request.headers, headers: headers, tag: tag, size: Int64(file.sizeBytes)
        ) { try await body(of: $0, call) }
    }

    /// The response to a request for the bytes of `tag`: all of them, a range, or none if the client has them.
    ///
    /// - Parameter body: returns the bytes of a range; nil means all.
    static func response(
        to request: HTTPFields, headers: HTTPFields, tag: String, size: Int64,
        body: (Range<Int64>?) async throws -> ResponseBody
    ) async throws -> Response {
        var headers = headers
        guard !isKnown(tag, to: request) else { return Response(status: .notModified, headers: headers) }

        let condition = request[.ifRange]
        switch ByteRange(condition == nil || condition == tag ? request[.range] : nil, size: size) {
        case .whole:
            return Response(status: .ok, headers: headers, body: try await body(nil))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: try await body(range))
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            headers[.contentType] = nil
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
    }

    /// Whether the client has these bytes already.
    private static func isKnown(_ tag: String, to headers: HTTPFields) -> Bool {
        headers[.ifNoneMatch]?.split(separator: ",").contains { known in
            let known = known.trimmingPrefix { $0 == " " }
            return known == "*" || known.hasPrefix(tag) || known.hasPrefix("W/\(tag)")
        } ?? false
    }

    private func body(of range: Range<Int64>?, _ call: Endpoint.Call) async throws -> ResponseBody {
        let chunks = try await call.services.files.bytes(of: file, in: area, range: range)
        let length = Int(chunks.range.upperBound - chunks.range.lowerBound)
        return ResponseBody(contentLength: length, logger: call.context.logger) { writer in
            for try await chunk in chunks { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        }
    }
}
