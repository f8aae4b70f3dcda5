internal import Foundation
internal import JSON

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

    private static let slash: UInt8 = 0x2F
    private static let currentFolder = Array(".".utf8)
    private static let parentFolder = Array("..".utf8)
    private static let macFolder = Array("__MACOSX".utf8)
    private static let macPrefix = Array("._".utf8)
    /// The files that desktops leave in folders, in lower case.
    private static let junkNames = [".ds_store", "thumbs.db", "desktop.ini"].map { Array($0.utf8) }

    /// Reads a name.
    ///
    /// - Parameters:
    ///   - given: UTF-8 or, in parts that are not, code page 437.
    ///   - isFolder: whether the archive says that the entry is one.
    init(_ given: [UInt8], isFolder: Bool) {
        let bytes = Self.normalised(given)
        guard !Self.leadsOut(bytes) else {
            self = .hostile(String(decoding: bytes, as: UTF8.self))
            return
        }
        var name: [UInt8] = []
        name.reserveCapacity(bytes.count)
        var isJunk = false
        var baseStart = 0
        for part in bytes.split(separator: Self.slash) where !part.elementsEqual(Self.currentFolder) {
            if part.elementsEqual(Self.parentFolder) {
                self = .hostile(String(decoding: bytes, as: UTF8.self))
                return
            }
            isJunk = isJunk || part.elementsEqual(Self.macFolder)
            if !name.isEmpty { name.append(Self.slash) }
            baseStart = name.count
            name.append(contentsOf: part)
        }
        if name.isEmpty || isFolder || bytes.last == Self.slash {
            self = .folder
        } else if isJunk || Self.isJunk(name[baseStart...]) {
            self = .junk
        } else {
            self = .file(String(decoding: name, as: UTF8.self))
        }
    }

    /// The name in UTF-8 and normal form C, with slashes only.
    private static func normalised(_ given: [UInt8]) -> [UInt8] {
        var bytes = given
        if !given.allSatisfy({ $0 < 0x80 }) {
            let text = String(validating: given, as: UTF8.self) ?? decodedByParts(given)
            bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
        }
        for index in bytes.indices where bytes[index] == 0x5C { bytes[index] = slash }
        return bytes
    }

    /// Packers write a folder and a file in it in different encodings: each part is UTF-8 or, if it is not, code page 437.
    private static func decodedByParts(_ given: [UInt8]) -> String {
        given.split(omittingEmptySubsequences: false) { $0 == slash || $0 == 0x5C }
            .map { String(validating: $0, as: UTF8.self) ?? String(codePage437: $0) }
            .joined(separator: "/")
    }

    private static func leadsOut(_ bytes: [UInt8]) -> Bool {
        let hasDriveLetter = bytes.count > 1 && bytes[1] == 0x3A && bytes[0].isLetter
        return bytes.first == slash || hasDriveLetter || bytes.contains(0)
    }

    private static func isJunk(_ baseName: ArraySlice<UInt8>) -> Bool {
        baseName.starts(with: macPrefix)
            || junkNames.contains { name in
                name.count == baseName.count
                    && name.elementsEqual(baseName) { $0 == $1 || ($1.isLetter && $0 == $1 | 0x20) }
            }
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
