internal import ImporterKit

/// Addresses between `<` and `>`.
extension SlackTextScanner {
    /// Schemes whose addresses do something instead of leading somewhere; such a token stays what it was.
    private static let refusedSchemes: Set<String> = ["javascript", "vbscript", "data"]
    /// Schemes whose addresses have no `//`. Of others without it, `<bch:expr>` and `<std::vector>` are code.
    private static let plainSchemes: Set<String> = [
        "mailto", "tel", "sms", "fax", "callto", "skype", "sip", "sips", "xmpp", "facetime", "geo", "magnet", "news",
        "bitcoin", "spotify", "whatsapp",
    ]
    /// Those of them that are taken for addresses in code as well.
    private static let plainSchemesInCode: Set<String> = ["mailto", "tel"]

    mutating func appendLink(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>, isCode: Bool
    ) -> Bool {
        let address = bytes.trimmed(start..<end)
        let label = bytes.trimmed(label)
        guard let colon = bytes.endOfScheme(address.lowerBound, address.upperBound), colon + 1 < address.upperBound
        else { return false }
        let scheme = bytes.text(address.lowerBound, colon).lowercased()
        if Self.refusedSchemes.contains(scheme) { return false }
        let schemes = isCode ? Self.plainSchemesInCode : Self.plainSchemes
        guard schemes.contains(scheme) || bytes.hasAuthority(from: colon + 1, to: address.upperBound) else {
            return false
        }
        let isMail = scheme == "mailto"
        if label.isEmpty || bytes.isLabel(label, sameAs: address, colon: colon) {
            note(address: bytes, address)
            appendLiteral(bytes, isMail ? colon + 1 : address.lowerBound, address.upperBound)
            return true
        }
        if naming == .plain {
            note(address: bytes, address)
            appendLiteral(bytes, label.lowerBound, label.upperBound)
            return true
        }
        // Rocket.Chat takes brackets in a label as they are and knows no escape for them.
        output.append(UInt8(ascii: "["))
        appendLiteral(bytes, label.lowerBound, label.upperBound)
        output.append(contentsOf: "](".utf8)
        appendAddress(bytes, address.lowerBound, address.upperBound)
        output.append(UInt8(ascii: ")"))
        return true
    }

    private mutating func appendAddress(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        var index = start
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: " "): output.append(contentsOf: "%20".utf8)
            case UInt8(ascii: ")"): output.append(contentsOf: "%29".utf8)
            default: appendLiteral(bytes, index, bytes.endOfCharacter(at: index, to: end))
            }
            index = bytes.endOfCharacter(at: index, to: end)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The colon behind a scheme, if the part begins with one.
    fileprivate func endOfScheme(_ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end {
            let byte = self[index]
            if byte == UInt8(ascii: ":") { return index > start ? index : nil }
            let isLetter = byte | 0x20 &- UInt8(ascii: "a") < 26
            let isOther =
                byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-")
            guard isLetter || index > start && isOther else { return nil }
            index += 1
        }
        return nil
    }

    /// Whether `//` and something else follow.
    fileprivate func hasAuthority(from start: Int, to end: Int) -> Bool {
        end - start > 2 && self[start] == UInt8(ascii: "/") && self[start + 1] == UInt8(ascii: "/")
    }

    /// Whether a label only repeats the address, with or without its scheme.
    fileprivate func isLabel(_ label: Range<Int>, sameAs address: Range<Int>, colon: Int) -> Bool {
        if isSame(label, address) { return true }
        var rest = colon + 1
        while rest < address.upperBound, rest < colon + 3, self[rest] == UInt8(ascii: "/") { rest += 1 }
        return isSame(label, rest..<address.upperBound)
    }

    private func isSame(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        first.count == second.count && self[first].elementsEqual(self[second])
    }

    /// The end of the entity or byte at `index`.
    fileprivate func endOfCharacter(at index: Int, to end: Int) -> Int {
        self[index] == UInt8(ascii: "&") ? index + entity(at: index, to: end).length : index + 1
    }
}
