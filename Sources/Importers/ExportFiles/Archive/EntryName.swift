internal import Foundation

/// What the name of an entry comes to.
enum EntryName: Equatable {
    /// A name to go by: parts separated by `/`, in Unicode's normal form C.
    case file(String)
    /// A folder.
    case folder
    /// What operating systems leave in archives.
    case junk
    /// A name that only archives have that are made to write outside of where they are unpacked.
    case hostile(String)

    /// The files that desktops leave in folders.
    private static let junkNames: Set<String> = [".ds_store", "thumbs.db", "desktop.ini"]

    /// Reads a name.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 or, if they are not, code page 437.
    ///   - isFolder: whether the archive says that the entry is one.
    init(_ bytes: some Collection<UInt8>, isFolder: Bool) {
        let text = (String(validating: bytes, as: UTF8.self) ?? String(codePage437: bytes)).replacing("\\", with: "/")
        let normal = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
        let parts = normal.split(separator: "/").filter { $0 != "." }
        let units = normal.utf8.prefix(2)
        let hasDriveLetter = units.count == 2 && units.last == 0x3A && units.first?.isASCIILetter == true
        if normal.hasPrefix("/") || hasDriveLetter || parts.contains("..") || normal.utf8.contains(0) {
            self = .hostile(normal)
        } else if parts.isEmpty || isFolder || normal.hasSuffix("/") {
            self = .folder
        } else if parts.contains("__MACOSX") || parts.last.map(Self.isJunk) == true {
            self = .junk
        } else {
            self = .file(parts.joined(separator: "/"))
        }
    }

    private static func isJunk(_ baseName: Substring) -> Bool {
        baseName.hasPrefix("._") || junkNames.contains(baseName.lowercased())
    }
}

extension String {
    /// The upper half of code page 437, in which zip names without a mark for UTF-8 are written.
    ///
    /// Source: the Unicode consortium's mapping table CP437.TXT.
    private static let codePage437: [Character] = Array(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
            + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}")

    /// Decodes bytes of code page 437.
    init(codePage437 bytes: some Sequence<UInt8>) {
        self = String(
            bytes.map { $0 < 0x80 ? Character(Unicode.Scalar($0)) : Self.codePage437[Int($0) - 0x80] })
    }
}

extension UInt8 {
    /// Whether it is a letter of ASCII.
    var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
