internal import ImportDomain
internal import ImporterKit
internal import JSON

/// What Slack keeps of an e-mail besides its text.
struct MailHeader {
    var subject: String?
    var senders: [String] = []
    var recipients: [String] = []
    var copyRecipients: [String] = []
    /// Names of files that came with it; their addresses hold a secret.
    var attachments: [String] = []

    private enum Field: String, CaseIterable {
        case original, name, address, filename
    }

    private static let fields = FieldTable<Field>()
    private static let maximumElements = 1_000

    /// Reads people or files: an array of objects or strings, or a single one.
    static func readList(_ reader: inout FieldReader) throws -> [String] {
        guard try reader.kind() == .array else { return try readElement(&reader).map { [$0] } ?? [] }
        var list: [String] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard list.count < maximumElements else { continue }
            if let element = try readElement(&reader) { list.append(element) }
        }
        return list
    }

    private static func readElement(_ reader: inout FieldReader) throws -> String? {
        guard try reader.kind() == .object else { return try reader.nonEmptyText() }
        var (original, name, address) = (nil as String?, nil as String?, nil as String?)
        try reader.beginObject()
        while let field = try reader.nextField(fields) {
            switch field {
            case .original: original = try reader.nonEmptyText()
            case .name, .filename: name = try reader.nonEmptyText() ?? name
            case .address: address = try reader.nonEmptyText()
            }
        }
        if let original { return original }
        guard let name, let address else { return name ?? address }
        return "\(name) <\(address)>"
    }

    /// A line for each field.
    ///
    /// - Parameter shown: texts beside which the subject says nothing more.
    func lines(besides shown: [String?]) -> [String] {
        var lines: [String] = []
        if let subject = subject?.trimmedIfNotBlank, !shown.contains(subject) { lines.append("Subject: \(subject)") }
        for (label, list) in [
            ("From", senders), ("To", recipients), ("Cc", copyRecipients), ("Attachments", attachments),
        ] where !list.isEmpty {
            lines.append("\(label): \(list.joined(separator: ", "))")
        }
        return lines.map(SlackText.decoded)
    }
}
