/// Reads the body of an upload piece by piece; the file in it is handed on and never kept.
protocol UploadParser: Sendable {
    /// What has been said about the file so far.
    var fields: UploadFields { get }

    /// Takes the next bytes of the body and appends what they hold of the file.
    ///
    /// - Throws: the refusal of a body of another shape.
    mutating func receive(_ chunk: UnsafeRawBufferPointer, into file: inout [UInt8]) throws(APIFailure)

    /// Takes the end of the body.
    ///
    /// - Throws: the refusal of a body that ends too early or lacks something.
    mutating func finish(into file: inout [UInt8]) throws(APIFailure)
}

/// What an upload says about its file.
struct UploadFields: Equatable, Sendable {
    /// The most bytes of each.
    static let largestBytes = 64 << 10

    var importerKey: String?
    var fileName: String?
    var contentType: String?
}
