internal import DurableFiles
internal import ImportDomain

/// Writes one file of a `DirectoryFileStore`.
final class DirectoryFileWriter: FileWriter {
    private let file: PartialFile
    private let threads: FileThreads

    init(_ file: PartialFile, threads: FileThreads) {
        self.file = file
        self.threads = threads
    }

    func write(_ chunk: [UInt8]) async throws(FileStoreError) {
        try await run { (file) throws(FileFailure) in
            try chunk.withUnsafeBufferPointer { (bytes) throws(FileFailure) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    func finish() async throws(FileStoreError) -> Int64 {
        try await run { (file) throws(FileFailure) in try file.finish() }
    }

    func discard() async {
        let file = file
        await threads.run { file.discard() }
    }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable (PartialFile) throws(FileFailure) -> Value
    ) async throws(FileStoreError) -> Value {
        let file = file
        do throws(FileFailure) {
            return try await threads.run { () throws(FileFailure) in try work(file) }
        } catch {
            throw FileStoreError(error)
        }
    }
}
