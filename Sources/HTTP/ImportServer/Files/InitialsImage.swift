/// The generated avatar of an account without one: its initials on a colour derived from the name.
struct InitialsImage {
    private static let colours = [
        "#c0392b", "#a04000", "#7d6608", "#1e8449", "#117a65", "#1a5276", "#2471a3", "#5b2c6f", "#884ea0", "#ad1457",
        "#4e342e", "#455a64",
    ]

    /// The text of the image: one or two letters or digits, or a question mark.
    let initials: String
    /// Its colour as SVG has it.
    let colour: String

    /// The image for a username.
    init(username: String) {
        let words = username.split { !$0.isLetter && !$0.isNumber }
        let letters = (words.count > 1 ? words.prefix(2).compactMap(\.first) : Array((words.first ?? "?").prefix(2)))
        initials = String(letters).uppercased()
        // FNV-1a: stable across machines and releases; it needs no other property.
        let hash = username.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        colour = Self.colours[Int(hash % UInt32(Self.colours.count))]
    }

    /// Identifies this image.
    var tag: String {
        "\"\(colour.dropFirst())-\(initials.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: "-"))\""
    }

    /// The image as SVG.
    var svg: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="200" height="200">\
        <rect width="100%" height="100%" fill="\(colour)"/>\
        <text x="50%" y="50%" dy="0.36em" text-anchor="middle" font-family="Helvetica, Arial, sans-serif" \
        font-size="90" fill="#ffffff">\(Self.escaped(initials))</text></svg>
        """
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
