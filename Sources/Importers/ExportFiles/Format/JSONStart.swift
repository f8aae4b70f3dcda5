internal import JSON

/// The keys at the begin of a JSON text, which may be cut off anywhere.
///
/// It guesses and checks nothing: `JSONReader` needs a whole text.
struct JSONStart {
    /// Whether the text is an array.
    private(set) var isArray = false
    /// The keys of the outermost objects.
    private(set) var keys: Set<String> = []
    /// The keys of the objects in those.
    private(set) var innerKeys: Set<String> = []
    /// The first values of the outermost objects that are strings.
    private(set) var strings: [String: String] = [:]

    /// Reads UTF-8 that may begin with white space.
    init(_ text: [UInt8]) {
        isArray = text.first { !$0.isSpace } == UInt8(ascii: "[")
        var level = 0
        var position = 0
        var pendingKey: String?
        while position < text.count {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "{"):
                level += 1
                pendingKey = nil
            case UInt8(ascii: "}"):
                level -= 1
                pendingKey = nil
            case UInt8(ascii: "\""):
                let end = Self.end(ofStringAt: position, in: text)
                let string = String(decoding: text[min(position + 1, end)..<end], as: UTF8.self)
                position = end
                if Self.isKey(behind: end, in: text) {
                    if level == 1 { keys.insert(string) }
                    if level == 2 { innerKeys.insert(string) }
                    pendingKey = string
                } else if let key = pendingKey {
                    if level == 1, strings[key] == nil { strings[key] = string }
                    pendingKey = nil
                }
            case UInt8(ascii: ","), UInt8(ascii: "["): pendingKey = nil
            default: break
            }
            position += 1
        }
    }

    /// Where the closing quote of the string stands, or the text ends.
    private static func end(ofStringAt start: Int, in text: [UInt8]) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, text.count)
    }

    private static func isKey(behind quote: Int, in text: [UInt8]) -> Bool {
        var position = quote + 1
        while position < text.count, text[position].isSpace { position += 1 }
        return position < text.count && text[position] == UInt8(ascii: ":")
    }
}
