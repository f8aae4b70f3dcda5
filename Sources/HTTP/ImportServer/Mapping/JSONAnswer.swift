import Foundation
import HTTPTypes
import Hummingbird

/// Turns answers into bytes; the same answer always gives the same bytes.
enum JSONAnswer {
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
            preconditionFailure("Answers hold nothing that cannot be encoded: \(error)")
        }
    }
}

extension ResponseBody {
    /// A body of text.
    init(text: String) { self.init(byteBuffer: ByteBuffer(string: text)) }
}
