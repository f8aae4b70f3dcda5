import ImportAPI
import JSON

/// Reads an upload whose file is a base64 string in a JSON object.
///
/// The object has four strings, in any order. All but the file are bounded; the file is decoded as it arrives.
/// Source: `POST uploadImportFile`.
struct JSONUploadParser: UploadParser {
    private enum State {
        case start, firstKey, nextKey, key, colon, value, text, scalar, content, contentEscape, afterValue, end
    }

    private enum Member: String, CaseIterable {
        case binaryContent, contentType, fileName, importerKey
    }

    private(set) var fields = UploadFields()
    private var state = State.start
    private var member = Member.binaryContent
    private var seen: Set<Member> = []
    private var decoder = Base64Decoder()
    /// The bytes of the current key, string, number or escape.
    private var token: [UInt8] = []
    private var tokenStart = 0
    private var isEscaped = false
    /// How many bytes precede the current chunk.
    private var received = 0

    mutating func receive(_ chunk: UnsafeRawBufferPointer, into file: inout [UInt8]) throws(APIFailure) {
        var index = 0
        while index < chunk.count {
            if state == .content {
                index = decoder.decode(chunk, from: index, into: &file)
                guard index < chunk.count else { break }
                try leaveContent(at: chunk[index], offset: received + index, into: &file)
            } else {
                try take(chunk[index], at: received + index, into: &file)
            }
            index += 1
        }
        received += chunk.count
    }

    mutating func finish(into file: inout [UInt8]) throws(APIFailure) {
        guard state == .end else {
            guard received > 0 else { throw .invalidBody(missing) }
            throw malformed(JSONError(code: .unexpectedEnd, offset: received))
        }
        guard missing.isEmpty else { throw .invalidBody(missing) }
    }

    private mutating func take(_ byte: UInt8, at offset: Int, into file: inout [UInt8]) throws(APIFailure) {
        switch state {
        case .key, .text: try takeOfText(byte)
        case .scalar where !byte.endsScalar: try append(byte)
        case .scalar:
            try endScalar()
            try take(byte, at: offset, into: &file)
        case .contentEscape: try takeOfEscape(byte, at: offset, into: &file)
        case _ where byte.isWhitespace: break
        case .start where byte == UInt8(ascii: "{"): state = .firstKey
        case .start where byte.beginsOtherThanObject: throw .invalidBody(["must be object"])
        case .firstKey where byte == UInt8(ascii: "}"): state = .end
        case .firstKey where byte == UInt8(ascii: "\""), .nextKey where byte == UInt8(ascii: "\""):
            begin(.key, with: byte, at: offset)
        case .colon where byte == UInt8(ascii: ":"): state = .value
        case .value: try beginValue(byte, at: offset)
        case .afterValue where byte == UInt8(ascii: ","): state = .nextKey
        case .afterValue where byte == UInt8(ascii: "}"): state = .end
        case .end: throw malformed(JSONError(code: .trailingContent, offset: offset, detail: byte.name))
        default:
            throw malformed(
                JSONError(code: byte == 0 ? .nulCharacter : .unexpectedByte, offset: offset, detail: byte.name))
        }
    }

    private mutating func begin(_ state: State, with byte: UInt8, at offset: Int) {
        token.removeAll(keepingCapacity: true)
        token.append(byte)
        tokenStart = offset
        isEscaped = false
        self.state = state
    }

    private mutating func append(_ byte: UInt8) throws(APIFailure) {
        guard token.count < UploadFields.largestBytes else { throw .tooLarge }
        token.append(byte)
    }

    private mutating func beginValue(_ byte: UInt8, at offset: Int) throws(APIFailure) {
        switch (member, byte) {
        case (.binaryContent, UInt8(ascii: "\"")): state = .content
        case (_, UInt8(ascii: "\"")): begin(.text, with: byte, at: offset)
        case (.binaryContent, _), (_, UInt8(ascii: "{")), (_, UInt8(ascii: "[")):
            throw .invalidBody(["must be string"], import: .init(code: "wrong-kind", field: member.rawValue))
        default: begin(.scalar, with: byte, at: offset)
        }
    }

    // MARK: Keys, texts and other scalars

    private mutating func takeOfText(_ byte: UInt8) throws(APIFailure) {
        try append(byte)
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            let text = try read { reader throws(JSONError) in try reader.readString() }
            if state == .key { try beginMember(text) } else { endMember(text) }
        }
    }

    private mutating func beginMember(_ key: String) throws(APIFailure) {
        guard let member = Member(rawValue: key) else {
            throw .invalidBody(["must NOT have additional properties"])
        }
        guard seen.insert(member).inserted else {
            throw malformed(JSONError(code: .duplicateKey, offset: tokenStart, detail: key))
        }
        self.member = member
        state = .colon
    }

    private mutating func endScalar() throws(APIFailure) {
        let text = try read { reader throws(JSONError) in
            switch try reader.kind() {
            case .number: return try reader.readNumber().coercedText
            case .boolean: return try reader.readBoolean() ? "true" : "false"
            default:
                try reader.readNull()
                return ""
            }
        }
        endMember(text)
    }

    private mutating func endMember(_ text: String) {
        switch member {
        case .binaryContent: break
        case .contentType: fields.contentType = text
        case .fileName: fields.fileName = text
        case .importerKey: fields.importerKey = text
        }
        state = .afterValue
    }

    private func read(_ body: (inout JSONReader) throws(JSONError) -> String) throws(APIFailure) -> String {
        let start = tokenStart
        let result = token.withUnsafeBytes { bytes -> Result<String, JSONError> in
            var reader = JSONReader(bytes, baseOffset: start)
            do throws(JSONError) {
                let text = try body(&reader)
                try reader.finish()
                return .success(text)
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let text): return text
        case .failure(let error): throw malformed(error)
        }
    }

    // MARK: The file

    private mutating func leaveContent(at byte: UInt8, offset: Int, into file: inout [UInt8]) throws(APIFailure) {
        switch byte {
        case UInt8(ascii: "\""):
            guard decoder.finish(into: &file) else { throw Self.invalidBase64(at: offset) }
            state = .afterValue
        case UInt8(ascii: "\\"):
            token.removeAll(keepingCapacity: true)
            state = .contentEscape
        case 0: throw malformed(JSONError(code: .nulCharacter, offset: offset))
        case ..<32: throw malformed(JSONError(code: .controlCharacter, offset: offset, detail: byte.name))
        default: throw Self.invalidBase64(at: offset)
        }
    }

    /// Base64 needs no escapes, but some writers escape slashes and line breaks.
    private mutating func takeOfEscape(_ byte: UInt8, at offset: Int, into file: inout [UInt8]) throws(APIFailure) {
        token.append(byte)
        guard token[0] == UInt8(ascii: "u") else {
            switch byte {
            case UInt8(ascii: "/"): try takeEscaped(byte, at: offset, into: &file)
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): break
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"):
                throw Self.invalidBase64(at: offset)
            default: throw malformed(JSONError(code: .invalidEscape, offset: offset))
            }
            state = .content
            return
        }
        guard token.count == 5 else { return }
        guard let code = UInt8(hexadecimal: token[1...]) else { throw Self.invalidBase64(at: offset) }
        if !code.isWhitespace { try takeEscaped(code, at: offset, into: &file) }
        state = .content
    }

    private mutating func takeEscaped(_ byte: UInt8, at offset: Int, into file: inout [UInt8]) throws(APIFailure) {
        let taken = withUnsafeBytes(of: byte) { decoder.decode($0, from: 0, into: &file) }
        guard taken == 1 else { throw Self.invalidBase64(at: offset) }
    }

    // MARK: Errors

    private static func invalidBase64(at offset: Int) -> APIFailure {
        .invalidBody(
            ["must match format \"base64\"", "Invalid base64 at byte \(offset)."],
            import: .init(code: "invalid-base64", field: Member.binaryContent.rawValue))
    }

    private func malformed(_ error: JSONError) -> APIFailure {
        .invalidBody(missing + [error.description], import: .init(code: error.code.rawValue))
    }

    /// The first missing field, in the words of Rocket.Chat's validator.
    private var missing: [String] {
        Member.allCases.first { !seen.contains($0) }.map { ["must have required property '\($0.rawValue)'"] } ?? []
    }
}
