public import Foundation
import ImportAPI
import NIOCore
import NIOPosix

/// A file to upload: chunks of bytes, and what they are.
///
/// Memory does not depend on the size: a chunk is read when the one before it was sent.
public struct UploadFile: Sendable {
    /// The file's name, such as `export.zip`.
    public var name: String
    /// Its media type.
    public var contentType: String
    /// Its size in bytes; nil if it is not known.
    public var size: Int64?
    /// Opens the content.
    let chunks: @Sendable () -> AnyChunks
    /// Whether the content can be read again, so that an upload can be repeated.
    let isRepeatable: Bool

    /// A file of this machine.
    ///
    /// - Parameters:
    ///   - file: where the file is.
    ///   - contentType: the media type; for the server it is only information.
    /// - Throws: an error of the file system if the file does not exist or cannot be read.
    public init(_ file: URL, contentType: String = "application/zip") throws {
        let handle = try FileHandle(forReadingFrom: file)
        size = Int64(try handle.seekToEnd())
        try handle.close()
        name = file.lastPathComponent
        self.contentType = contentType
        isRepeatable = true
        chunks = { AnyChunks(FileChunks(file: file)) }
    }

    /// Content from elsewhere, such as standard input. It can be sent once only.
    ///
    /// - Parameters:
    ///   - chunks: the bytes; keep a chunk small, for example at 64 KiB.
    ///   - name: the file's name, such as `export.zip`.
    ///   - contentType: the media type; for the server it is only information.
    ///   - size: how many bytes there are; nil if that is not known.
    public init<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, name: String, contentType: String = "application/zip", size: Int64? = nil
    ) where Chunks.Element == [UInt8] {
        self.name = name
        self.contentType = contentType
        self.size = size
        isRepeatable = false
        self.chunks = { AnyChunks(chunks) }
    }
}

/// How a file is sent.
public enum UploadForm: Sendable {
    /// JSON with the file in base64, as Rocket.Chat documents it. Every server accepts it.
    case base64
    /// `multipart/form-data`, an addition of Ferry; a quarter smaller.
    case multipart
}

/// Chunks of any sequence.
struct AnyChunks: Sendable {
    /// Makes a function that returns the next chunk, and nil at the end.
    let open: @Sendable () -> () async throws -> [UInt8]?

    init<Chunks: AsyncSequence & Sendable>(_ chunks: Chunks) where Chunks.Element == [UInt8] {
        open = {
            var iterator = chunks.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }
}

/// The bytes of a file, read on threads for blocking work.
private struct FileChunks: AsyncSequence, Sendable {
    let file: URL

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: URL
        var handle: FileHandle?

        mutating func next() async throws -> [UInt8]? {
            let (file, open) = (file, handle)
            let (handle, data) = try await NIOThreadPool.singleton.runIfActive {
                let handle = try open ?? FileHandle(forReadingFrom: file)
                return (handle, try handle.read(upToCount: 255 << 10))
            }
            self.handle = handle
            return data.flatMap { $0.isEmpty ? nil : Array($0) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }
}

/// The body of an upload: a head, the file in base64 or unchanged, and a tail.
struct UploadContent: AsyncSequence, Sendable {
    let head: String
    let chunks: AnyChunks
    let isBase64: Bool
    let tail: String
    let activity: Activity

    /// The length of the whole body.
    static func length(head: String, size: Int64?, isBase64: Bool, tail: String) -> Int64? {
        size.map { Int64(head.utf8.count + tail.utf8.count) + (isBase64 ? ($0 + 2) / 3 * 4 : $0) }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private enum Part { case head, file, end }

        private let content: UploadContent
        private let next: () async throws -> [UInt8]?
        private var part = Part.head
        /// Up to two bytes that do not fill a group of base64.
        private var rest: [UInt8] = []

        init(_ content: UploadContent) {
            self.content = content
            next = content.chunks.open()
        }

        mutating func next() async throws -> ByteBuffer? {
            switch part {
            case .head:
                part = .file
                return ByteBuffer(string: content.head)
            case .file:
                while let chunk = try await nextChunk() {
                    content.activity.advance(by: 1 << 10)
                    guard content.isBase64 else { return ByteBuffer(bytes: chunk) }
                    rest += chunk
                    let whole = rest.count / 3 * 3
                    guard whole > 0 else { continue }
                    let encoded = Data(rest[..<whole]).base64EncodedData()
                    rest.removeFirst(whole)
                    return ByteBuffer(bytes: encoded)
                }
                part = .end
                return ByteBuffer(string: Data(rest).base64EncodedString() + content.tail)
            case .end: return nil
            }
        }

        private func nextChunk() async throws -> [UInt8]? {
            do {
                return try await next()
            } catch {
                throw CallerFailure(error: error)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension OutgoingRequest {
    /// The request that uploads a file.
    static func upload(_ file: UploadFile, importerKey: String, form: UploadForm) throws -> OutgoingRequest {
        let (head, tail, type): (String, String, String)
        switch form {
        case .base64:
            func json(_ text: String) throws -> String {
                String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
            }
            // The key is first, so that an unknown importer is rejected before anything is stored.
            head =
                #"{"importerKey":\#(try json(importerKey)),"contentType":\#(try json(file.contentType)),"#
                + #""fileName":\#(try json(file.name)),"binaryContent":""#
            (tail, type) = (#""}"#, "application/json")
        case .multipart:
            let boundary = "ferry-\(UUID().uuidString)"
            // A part's header ends at a line end, and a parameter at a quotation mark.
            func header(_ text: String) -> String {
                text.replacingOccurrences(of: "\"", with: "%22").replacingOccurrences(of: "\r", with: "%0D")
                    .replacingOccurrences(of: "\n", with: "%0A")
            }
            head =
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"importerKey\"\r\n\r\n\(importerKey)\r\n"
                + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(header(file.name))\"\r\n"
                + "Content-Type: \(header(file.contentType))\r\n\r\n"
            (tail, type) = ("\r\n--\(boundary)--\r\n", "multipart/form-data; boundary=\(boundary)")
        }
        let isBase64 = form == .base64
        var request = OutgoingRequest(
            .post, ImportCalls.uploadFile.path, repetition: file.isRepeatable ? .ifNotProcessed : .never)
        request.content = .stream(
            type: type, length: UploadContent.length(head: head, size: file.size, isBase64: isBase64, tail: tail)
        ) { activity in
            UploadContent(head: head, chunks: file.chunks(), isBase64: isBase64, tail: tail, activity: activity)
        }
        return request
    }
}
