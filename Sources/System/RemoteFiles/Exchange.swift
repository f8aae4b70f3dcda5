internal import DurableFiles
internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1
internal import SHA256

/// One request and its response over one connection.
struct Exchange: Sendable {
    /// The result of a response.
    enum Ending: Sendable {
        /// The file was written to its path.
        case file(RemoteFile)
        /// A redirect, relative to the requested URL.
        case redirect(String)
    }

    let address: RemoteAddress
    let request: RemoteFileRequest
    let path: String
    let watch: ProgressWatch
    let threads: FileThreads
    let clock: any WallClock

    /// Sends the request, reads the response, and closes the connection.
    func run(over connection: Connection) async throws(RemoteFileError) -> Ending {
        do {
            return try await connection.channel.executeThenClose { inbound, outbound in
                try await connection.verify()
                do {
                    try await outbound.write(contentsOf: [.head(head), .end(nil)])
                } catch {
                    // The server may respond and close before it has read everything; its response is more informative
                    // than this error.
                }
                var parts = inbound.makeAsyncIterator()
                guard case .head(let answer)? = try await parts.next() else {
                    throw Task.isCancelled
                        ? RemoteFileError.cancelled
                        : .retryable(
                            .connectionFailed, "\(address.host.text) closed the connection without a response.")
                }
                let check = ResponseCheck(address: address, request: request, now: clock.now())
                if let location = try check.redirect(answer) { return Ending.redirect(location) }
                let mediaType = try check.mediaType(ofFile: answer)
                let (size, digest) = try await save(&parts)
                return .file(RemoteFile(sizeBytes: size, sha256: digest, mediaType: mediaType))
            }
        } catch let error as RemoteFileError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : .connection(error, to: address)
        }
    }

    private var head: HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.target)
        head.headers = [
            "Host": address.hostField, "User-Agent": "Ferry", "Accept": "*/*", "Accept-Encoding": "identity",
            "Connection": "close",
        ]
        return head
    }

    private func save(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
    ) async throws -> (sizeBytes: Int64, sha256: String) {
        let path = path
        let digest = RunningDigest()
        let file = try await write { () throws(FileFailure) in try PartialFile(path) }
        do {
            try await receive(&parts, into: file, digest)
            if Task.isCancelled { throw RemoteFileError.cancelled }
            return (try await write { () throws(FileFailure) in try file.finish() }, await digest.finish())
        } catch {
            await threads.run { file.discard() }
            throw error
        }
    }

    private func receive(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator, into file: PartialFile,
        _ digest: RunningDigest
    ) async throws {
        var sizeBytes: Int64 = 0
        var gathered = ByteBuffer()
        while let part = try await parts.next() {
            switch part {
            case .head: continue
            case .body(var bytes):
                sizeBytes += Int64(bytes.readableBytes)
                guard sizeBytes <= request.maximumBytes else {
                    throw RemoteFileError.tooLarge(request.maximumBytes, at: address)
                }
                gathered.writeBuffer(&bytes)
                if gathered.readableBytes >= FetchLimits.writeBytes { try await flush(&gathered, to: file, digest) }
            case .end: return try await flush(&gathered, to: file, digest)
            }
        }
        throw Task.isCancelled ? .cancelled : RemoteFileError.truncated(at: address)
    }

    private func flush(
        _ gathered: inout ByteBuffer, to file: PartialFile, _ digest: RunningDigest
    ) async throws {
        let bytes = gathered
        gathered = ByteBuffer()
        await digest.append { hash in bytes.withUnsafeReadableBytes(hash) }
        try await write { () throws(FileFailure) in
            try bytes.withUnsafeReadableBytes { (bytes) throws(FileFailure) in try file.write(bytes) }
        }
        // Time spent on the disk is not the server's idle time.
        watch.advance()
    }

    private func write<Value: Sendable>(
        _ work: @escaping @Sendable () throws(FileFailure) -> Value
    ) async throws(RemoteFileError) -> Value {
        do throws(FileFailure) {
            return try await threads.run(work)
        } catch {
            throw .storage(error)
        }
    }
}
