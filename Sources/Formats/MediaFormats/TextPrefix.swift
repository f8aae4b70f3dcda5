/// Detects text and markup.
enum TextPrefix {
    /// Whether bytes are the beginning of a text in UTF-8.
    static func isText(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return false }
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case 0x09, 0x0a, 0x0c, 0x0d, 0x1b, 0x20...0x7e, 0x80...: true
            default: false
            }
        }
        guard isPlain else { return false }
        // The last character may be incomplete, by three bytes at most.
        return (0...min(3, bytes.count)).contains { missing in
            String(validating: bytes.dropLast(missing), as: UTF8.self) != nil
        }
    }

    /// Whether a browser could take a text for HTML, XML or SVG.
    static func isMarkup(_ bytes: [UInt8]) -> Bool {
        let lowered = bytes.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        guard let start = lowered.firstIndex(of: UInt8(ascii: "<")) else { return false }
        let isFirst = lowered[..<start].allSatisfy { $0 <= 0x20 || $0 >= 0x80 }
        let tags = ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<iframe", "<style", "<!--"]
        return tags.contains { tag in
            isFirst
                ? lowered[start...].starts(with: tag.utf8)
                : tag != "<!--" && lowered.firstRange(of: Array(tag.utf8)) != nil
        }
    }
}
