internal import Foundation
internal import ImportDomain
internal import JSON

/// The name of a person or room as it is kept: without white space at its ends, in Unicode's normal form C.
package enum SourceName {
    /// How many bytes a name may have; longer ones are texts in the wrong column.
    package static let maximumBytes = 255

    /// The name in a cell.
    package static func text(_ cell: UnsafeRawBufferPointer) -> String {
        let bytes = UnsafeRawBufferPointer(trimming: cell)
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.isASCII ? text : CaseFolding.trim(text).precomposedStringWithCanonicalMapping
    }

    /// The name in a text.
    package static func text(_ name: some StringProtocol) -> String {
        var name = String(name)
        return name.withUTF8 { text(UnsafeRawBufferPointer($0)) }
    }

    /// Lends the form in which names are compared.
    package static func withFolded<Result>(
        _ name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        guard name.isASCII, name.count <= maximumBytes else {
            var key = CaseFolding.key(String(decoding: name, as: UTF8.self))
            return try key.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
        }
        return try withUnsafeTemporaryAllocation(byteCount: maximumBytes, alignment: 1) { folded in
            for place in 0..<name.count { folded[place] = name[place].lowercased }
            return try body(UnsafeRawBufferPointer(rebasing: folded[0..<name.count]))
        }
    }
}
