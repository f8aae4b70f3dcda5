internal import Glibc

/// Virtual files of the kernel: they have no size, and reading them does not block.
enum KernelFile {
    /// The whole file; nil if it cannot be read.
    static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The number of entries of a directory; nil if it cannot be read.
    static func entryCount(of path: String) -> Int? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            let isHidden = entry.pointee.d_name.0 == CChar(bitPattern: UInt8(ascii: "."))
            if !isHidden { count += 1 }
        }
        return count
    }
}
