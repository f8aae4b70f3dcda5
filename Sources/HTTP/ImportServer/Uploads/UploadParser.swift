/// Reads the body of an upload in chunks; the file in it is passed on and never kept.
protocol UploadParser: Sendable {
    /// What has been said about the file so far.
    var fields: UploadFields { get }

    /// Takes the next bytes of the body and appends what they hold of the file.
    ///
    /// - Throws: the error of a body of another shape.
    mutating func receive(_ chunk: UnsafeRawBufferPointer, into file: inout [UInt8]) throws(APIFailure)

    /// Takes the end of the body.
    ///
    /// - Throws: the error of a body that ends too early or lacks something.
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
