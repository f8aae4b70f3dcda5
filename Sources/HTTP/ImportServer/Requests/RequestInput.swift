import Hummingbird

/// The query and body of a request, in the types of its call.
struct RequestInput<Query: Decodable, Body: Decodable>: Sendable {
    let request: Request
    let queryShape: FieldShape
    let bodyShape: FieldShape

    /// The query.
    ///
    /// - Throws: the error of an unknown parameter or an invalid value.
    var query: Query {
        get throws { try Query(from: FieldDecoder(source: QueryFields(request, queryShape))) }
    }

    /// The JSON body, read when this is called.
    ///
    /// - Throws: the error of a body of another shape.
    func body() async throws -> Body {
        let bytes = try await BodyFields.bytes(of: request)
        return try BodyFields.decoded(BodyFields.value(of: bytes, required: bodyShape.requiredNames), as: Body.self)
    }
}
