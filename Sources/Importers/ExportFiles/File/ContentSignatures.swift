internal import JSON

extension UnsafeRawBufferPointer {
    /// Whether the bytes begin with a header of a tar archive.
    ///
    /// Source: POSIX.1-2017, pax, "ustar Interchange Format"; archives older than it have the checksum only.
    var isTarHeader: Bool {
        guard count >= 512 else { return false }
        if self[257..<262].elementsEqual("ustar".utf8) { return true }
        var sum = 0
        for index in 0..<512 { sum += (148..<156).contains(index) ? 0x20 : Int(self[index]) }
        var stated = 0
        var digits = 0
        for byte in self[148..<156].drop(while: { $0 == 0x20 }) {
            guard (0x30...0x37).contains(byte) else { break }
            stated = stated * 8 + Int(byte - 0x30)
            digits += 1
        }
        return digits >= 4 && stated == sum
    }

    /// Whether the bytes begin with a BSON document.
    ///
    /// Source: the BSON specification 1.1, bsonspec.org.
    var isBSON: Bool {
        guard count >= 8 else { return false }
        let size = loadUnaligned(as: UInt32.self).littleEndian
        let type = self[4]
        guard size >= 8, size <= 1 << 25, (1...0x13).contains(type) || type == 0x7F || type == 0xFF else {
            return false
        }
        // The name of the first member: some characters and NUL.
        guard let end = self[5..<Swift.min(count, 256)].firstIndex(of: 0), end > 5 else { return false }
        return self[5..<end].allSatisfy { $0 >= 0x20 }
    }
}

extension ArraySlice<UInt8> {
    /// Whether the first line is a whole JSON value and another line follows.
    var isJSONLines: Bool {
        guard let lineEnd = firstIndex(of: 0x0A), self[lineEnd...].contains(where: { !$0.isSpace }) else {
            return false
        }
        return self[..<lineEnd].withUnsafeBytes { line in
            var reader = JSONReader(line, limits: ExportFileLimits().json)
            do {
                try reader.skipValue()
                try reader.finish()
                return true
            } catch { return false }  // A value of several lines; nothing is lost.
        }
    }

    /// Whether the text is HTML.
    var isWebPage: Bool {
        let start = String(decoding: prefix(1024), as: UTF8.self).lowercased()
        return start.hasPrefix("<!doctype html") || start.contains("<html") || start.contains("<head")
    }
}
