import Foundation
import HTTPTypes
import Hummingbird
import ImportAPI
import Logging

/// A response with the body type of its call.
struct Reply<Body: Sendable>: Sendable {
    let response: Response

    /// A response with a body.
    init(_ body: Body) where Body: Encodable { response = WireJSON.response(body) }

    /// A response whose body was already written as JSON of that type.
    init(written response: Response) { self.response = response }
}

extension Reply<RawContent> {
    /// A response with bytes.
    init(_ response: Response) { self.init(written: response) }
}

/// Encodes bodies deterministically.
enum WireJSON {
    static func response(_ body: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: data(body))))
    }

    /// The bytes of a body, or of a part of it.
    static func data(_ body: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(body)
        } catch {
            preconditionFailure("Bodies hold nothing that cannot be encoded: \(error)")
        }
    }
}

extension ResponseBody {
    /// A body of text.
    init(text: String) { self.init(byteBuffer: ByteBuffer(string: text)) }

    /// A body that is written while it is read. An error breaks it off, because the status was sent, and is logged.
    init(
        contentLength: Int? = nil, logger: Logger,
        _ write: @Sendable @escaping (inout any ResponseBodyWriter) async throws -> Void
    ) {
        self.init(contentLength: contentLength) { writer in
            do {
                try await write(&writer)
            } catch {
                ErrorMapping.log(error, logger: logger)
                throw error
            }
        }
    }
}
