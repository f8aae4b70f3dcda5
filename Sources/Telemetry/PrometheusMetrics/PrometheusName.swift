/// Valid names for Prometheus; other characters become underscores.
enum PrometheusName {
    /// A metric's name: letters, digits, underscores and colons, not beginning with a digit.
    static func metric(_ name: String) -> String {
        sanitised(name) { $0 == UInt8(ascii: ":") }
    }

    /// A label's name: like a metric's, without colons.
    ///
    /// `le` is reserved for histograms and two leading underscores for the server, so both are changed.
    static func label(_ name: String) -> String {
        let name = sanitised(name) { _ in false }
        if name == "le" { return "le_" }
        return name.hasPrefix("__") ? "_" + name.drop { $0 == "_" } : name
    }

    private static func sanitised(_ name: String, alsoAllowing isAllowed: (UInt8) -> Bool) -> String {
        func isValid(_ byte: UInt8) -> Bool { isWordCharacter(byte) || isAllowed(byte) }
        // Fast path: nearly every name is valid, and this runs at each look-up.
        if let first = name.utf8.first, !isDigit(first), name.utf8.allSatisfy(isValid) { return name }

        var valid = name.utf8.first.map(isDigit) ?? true ? "_" : ""
        for scalar in name.unicodeScalars {
            valid.unicodeScalars.append(UInt8(exactly: scalar.value).map(isValid) ?? false ? scalar : "_")
        }
        return valid
    }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
