import Foundation
import HTTPTypes
import Hummingbird

/// Turns answers into bytes; the same answer always gives the same bytes.
enum JSONAnswer {
    static func response(_ body: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes(body))))
    }

    static func bytes(_ body: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(body)
        } catch {
            preconditionFailure("Answers hold nothing that cannot be encoded: \(error)")
        }
    }
}

extension ResponseBody {
    /// A body of text.
    init(text: String) { self.init(byteBuffer: ByteBuffer(string: text)) }
}
