internal import ImporterKit
internal import JSON

/// A file that a message carries.
struct SlackFile {
    /// What Ferry calls the source of these files.
    static let source = "slack"

    var id: String?
    var name: String?
    var title: String?
    var mediaType: String?
    var sizeBytes: Int?
    /// `hosted`, `snippet`, `tombstone`, `hidden_by_limit`, …
    var mode: String?
    /// Why the file cannot be had.
    var access: String?
    var isExternal = false
    var downloadURL: String?
    var privateURL: String?
    var preview: String?
    var plainText: String?
    var isPreviewTruncated: Bool?
    /// What the person who shared it wrote with it.
    var comment: String?
    /// What somebody wrote for those who cannot see it.
    var description: String?
    /// What is spoken in it.
    var transcription: String?
    /// The headers of an e-mail.
    var mail = MailHeader()

    private enum Field: String, CaseIterable {
        case id, name, title, mimetype, size, mode, preview
        case access = "file_access"
        case isExternal = "is_external"
        case downloadURL = "url_private_download"
        case privateURL = "url_private"
        case plainText = "plain_text"
        case isPreviewTruncated = "preview_is_truncated"
        case linesMore = "lines_more"
        case comment = "initial_comment"
        case description = "alt_txt"
        case transcription, subject, from, to, cc, attachments
    }

    private enum TranscriptionField: String, CaseIterable {
        case preview, content
    }

    private static let fields = FieldTable<Field>()
    private static let transcriptionFields = FieldTable<TranscriptionField>()

    /// A file of which nothing is known.
    init() {}

    /// Reads a file; nil if the value is not an object.
    init?(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return nil }
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .id: id = try reader.nonEmptyText()
            case .name: name = try reader.nonEmptyText()
            case .title: title = try reader.nonEmptyText()
            case .mimetype: mediaType = try reader.nonEmptyText()
            case .size: sizeBytes = try reader.wholeNumber().flatMap { $0 < 0 ? nil : $0 }
            case .mode: mode = try reader.nonEmptyText()
            case .access: access = try reader.nonEmptyText()
            case .isExternal: isExternal = try reader.flag()
            case .downloadURL: downloadURL = try reader.nonEmptyText()
            case .privateURL: privateURL = try reader.nonEmptyText()
            case .preview: preview = try reader.nonEmptyText()
            case .plainText: plainText = try reader.nonEmptyText()
            case .isPreviewTruncated: isPreviewTruncated = try reader.flag()
            case .linesMore: if try reader.wholeNumber() == 0, isPreviewTruncated == nil { isPreviewTruncated = false }
            case .comment: try readComment(&reader)
            case .description: description = try reader.nonEmptyText()
            case .transcription: try readTranscription(&reader)
            case .subject: mail.subject = try reader.nonEmptyText()
            case .from: mail.senders = try MailHeader.readList(&reader)
            case .to: mail.recipients = try MailHeader.readList(&reader)
            case .cc: mail.copyRecipients = try MailHeader.readList(&reader)
            case .attachments: mail.attachments = try MailHeader.readList(&reader)
            }
        }
        downloadURL = downloadURL?.trimmedAddress
        privateURL = privateURL?.trimmedAddress
    }

    /// Reads an array of files, or a single one; an element that is not an object is a file of which nothing is known.
    static func readList(
        _ reader: inout FieldReader, _ list: LimitedList, _ allowance: inout MessageAllowance
    ) throws -> [SlackFile] {
        if try reader.kind() == .object {
            return allowance.take(list) ? [try SlackFile(&reader)].compactMap(\.self) : []
        }
        guard try reader.enterArray() else { return [] }
        var files: [SlackFile] = []
        while try reader.nextElement() {
            try allowance.step()
            if allowance.take(list) { files.append(try SlackFile(&reader) ?? SlackFile()) }
        }
        return files
    }

    /// A file that stands in a block; nil when it is not an object.
    init?(_ value: JSONValue) {
        guard case .object = value else { return nil }
        do {
            self = try JSONReader.read(value.serialized()) { json in
                // Blocks have their own findings for values that cannot be read.
                var reader = FieldReader(json, faults: FieldFaults())
                return try SlackFile(&reader) ?? SlackFile()
            }
        } catch { return nil }  // The value was read before, so it can be read again.
    }

    /// Why Slack does not give the file, whatever address it has.
    var denial: String? {
        switch (mode, access) {
        case ("tombstone", _): "deleted"
        case ("hidden_by_limit", _): "hidden by a limit of the Slack plan"
        case (_, "access_denied"): "access denied"
        case (_, "file_not_found"): "not found"
        case (_, let access?) where access != "visible" && access != "check_file_info": access
        default: nil
        }
    }

    var hasAddress: Bool { downloadURL != nil || privateURL != nil }

    /// Why nobody can have the file's bytes; nil when they may be had.
    var unavailability: String? { denial ?? (hasAddress ? nil : "no address in the export") }

    /// The whole content of a short text; nil when the export has only a part of it.
    var completeText: String? {
        guard mode == "snippet" || mode == "post" || mode == "space" || mode == "email" else { return nil }
        if let plainText { return plainText }
        // The preview of a post is HTML.
        return mode == "snippet" && isPreviewTruncated == false ? preview : nil
    }

    /// The title, if it says more than the name under which the message shows the file.
    ///
    /// Slack makes titles of names without their endings; letters and digits tell whether it did.
    func ownTitle(besides name: String) -> String? {
        guard let title = title?.trimmedIfNotBlank else { return nil }
        let words = Self.letters(title[...])
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
        return words.isEmpty || words == Self.letters(name[...]) || words == Self.letters(stem)
            ? nil : SlackText.decoded(title)
    }

    /// The letters and digits of a text in lower case.
    private static func letters(_ text: Substring) -> String {
        // Nearly all names of files are ASCII, which needs no properties of characters.
        var text = text
        let letters: String? = text.withUTF8 { utf8 in
            guard utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: utf8.count) { target in
                var count = 0
                for byte in utf8 {
                    switch byte {
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                        target[count] = byte
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"): target[count] = byte | 0x20
                    default: continue
                    }
                    count += 1
                }
                return count
            }
        }
        if let letters { return letters }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter(\.properties.isAlphanumeric))).lowercased()
    }

    private mutating func readTranscription(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(Self.transcriptionFields) {
            guard field == .preview, try reader.enterObject() else { continue }
            while let field = try reader.nextField(Self.transcriptionFields) {
                if field == .content { transcription = try reader.nonEmptyText() }
            }
        }
    }

    private mutating func readComment(_ reader: inout FieldReader) throws {
        guard try reader.kind() == .object else {
            comment = try reader.nonEmptyText()
            return
        }
        try reader.beginObject()
        while let field = try reader.nextField(ReferenceField.fields) {
            if field == .comment { comment = try reader.nonEmptyText() }
        }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isAlphanumeric: Bool { isAlphabetic || numericType != nil }
}
