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
        try await threads.runForStore { [file] () throws(FileFailure) in
            try chunk.withUnsafeBufferPointer { (bytes) throws(FileFailure) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    func finish() async throws(FileStoreError) -> Int64 {
        try await threads.runForStore { [file] () throws(FileFailure) in try file.finish() }
    }

    func discard() async { await threads.run { [file] in file.discard() } }
}
