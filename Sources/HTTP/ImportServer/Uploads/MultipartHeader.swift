/// The fields of the header of a part.
struct MultipartHeader: Equatable, Sendable {
    /// The field's name.
    private(set) var name: String?
    /// The file's name, for a part that is a file.
    private(set) var fileName: String?
    /// The media type.
    private(set) var contentType: String?

    /// Reads header lines with CR LF between them; other fields are ignored.
    init(_ text: String) {
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...].trimmingPrefix { $0 == " " || $0 == "\t" })
            switch line[..<colon].lowercased() {
            case "content-disposition":
                name = Self.parameter("name", of: value)
                fileName = Self.parameter("filename", of: value)
            case "content-type": contentType = value
            default: break
            }
        }
    }

    /// A parameter of a header's value, such as `boundary` of `multipart/form-data; boundary="x"`; nil without it.
    ///
    /// In quotes a backslash escapes a quote or another backslash; before anything else it is literal, as browsers
    /// write it.
    static func parameter(_ wanted: String, of value: String) -> String? {
        var rest = value.utf8[...]
        while let semicolon = rest.firstIndex(of: UInt8(ascii: ";")) {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == 0x20 || $0 == 0x09 }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            rest = rest[name.endIndex...]
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            let text = rest.first == UInt8(ascii: "\"") ? takeQuoted(&rest) : takeToken(&rest)
            if Substring(name).lowercased() == wanted { return text }
        }
        return nil
    }

    private static func takeToken(_ rest: inout Substring.UTF8View) -> String {
        let token = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest[token.endIndex...]
        return String(Substring(token)).trimmingSuffix { $0 == " " || $0 == "\t" }
    }

    private static func takeQuoted(_ rest: inout Substring.UTF8View) -> String {
        var text: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            let isEscape = byte == UInt8(ascii: "\\") && (rest.first == byte || rest.first == UInt8(ascii: "\""))
            if isEscape, let escaped = rest.popFirst() { text.append(escaped) } else { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension String {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return text
    }
}
