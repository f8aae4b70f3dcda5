internal import ImporterKit

/// Which column is which field, as a person wrote it: `email=mail,username=login`.
struct ColumnMap: Equatable {
    /// One field with its column.
    struct Entry: Equatable {
        /// The field.
        let field: UserField
        /// The key of a custom field.
        let key: String?
        /// The title of the column; empty to leave the field out.
        let title: String
    }

    /// More columns are a mistake.
    private static let maximumEntries = 200

    let entries: [Entry]

    /// Reads a mapping.
    ///
    /// - Throws: `UserFileError` for text that is not a mapping, and for fields that users do not have.
    init(_ text: String) throws {
        let parts = try Self.parts(of: text)
        guard parts.count <= Self.maximumEntries else { throw Self.invalid(text, "It names too many columns.") }
        var entries: [Entry] = []
        for part in parts where !part.allSatisfy(\.isWhitespace) {
            guard let sign = part.firstIndex(of: "=") else {
                throw Self.invalid(part, "It has no equal sign.")
            }
            let (name, title) = (SourceName.text(part[..<sign]), SourceName.text(part[part.index(after: sign)...]))
            let (field, key) = try Self.field(name)
            if !field.takesSeveralColumns, entries.contains(where: { $0.field == field && $0.key == key }) {
                throw Self.invalid(part, "The field \(name) has a column already.")
            }
            entries.append(Entry(field: field, key: key, title: title))
        }
        guard !entries.isEmpty else { throw Self.invalid(text, "It is empty.") }
        self.entries = entries
    }

    /// The parts between commas; quotes keep the commas between them, and are doubled to stand for themselves.
    private static func parts(of text: String) throws -> [String] {
        var parts = [""]
        var isQuoted = false
        var wasQuote = false
        for character in text {
            if character == "\"" {
                // Of a doubled quote one remains.
                if wasQuote { parts[parts.count - 1].append(character) }
                wasQuote = isQuoted
                isQuoted.toggle()
                continue
            }
            wasQuote = false
            if character == ",", !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        guard !isQuoted else { throw invalid(text, "A quote is not closed.") }
        return parts
    }

    private static func field(_ name: String) throws -> (UserField, String?) {
        let comparable = HeaderRow.name(name)
        if comparable.hasPrefix(UserColumnTitles.customFieldPrefix), let dot = name.firstIndex(of: ".") {
            let key = String(name[name.index(after: dot)...])
            if !key.isEmpty { return (.customFields, key) }
        }
        let aliases = ["emails": UserField.email, "importids": .importID, "id": .importID]
        if let field = UserField(rawValue: comparable) ?? aliases[comparable], field != .customFields {
            return (field, nil)
        }
        let known = UserField.allCases.map(\.rawValue).filter { $0 != "customfields" }.joined(separator: ", ")
        throw UserFileError(
            .unknownField,
            "Users have no field \"\(UserFault.shown(name))\". Fields are: \(known), customfields.<key>.",
            field: UserFault.shown(name), value: name)
    }

    private static func invalid(_ text: String, _ reason: String) -> UserFileError {
        UserFileError(
            .invalidMap,
            "\"\(UserFault.shown(text))\" is not a mapping of columns. \(reason) Write field=column pairs, such as "
                + "email=mail,username=login.", field: "map", value: text)
    }
}
