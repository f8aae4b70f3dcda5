/// Reads the body of an upload in chunks and passes the file on.
protocol UploadParser: Sendable {
    /// The fields read so far.
    var fields: UploadFields { get }

    /// Reads the next bytes of the body and appends their part of the file.
    ///
    /// - Throws: the error of a body of another shape.
    mutating func receive(_ chunk: UnsafeRawBufferPointer, into file: inout [UInt8]) throws(APIFailure)

    /// Ends the body.
    ///
    /// - Throws: the error of an incomplete body.
    mutating func finish(into file: inout [UInt8]) throws(APIFailure)
}

/// The fields of an upload beside its file.
struct UploadFields: Equatable, Sendable {
    /// The most bytes of each.
    static let largestBytes = 64 << 10

    var importerKey: String?
    var fileName: String?
    var contentType: String?
}
