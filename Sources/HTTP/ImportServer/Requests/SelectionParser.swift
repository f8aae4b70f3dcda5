import ImportAPI
import ImportDomain
import JSON

extension ImportSelection {
    /// Reads a `selection` object; of types that are absent or null, everything is selected.
    ///
    /// - Throws: the error of an unknown field or word, or a value of another kind; `JSONError`.
    init(rules reader: inout JSONReader) throws {
        self = .everything
        try reader.requireKind(.object, in: "selection")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.skipNull() { continue }
            switch key {
            case "users": users = try Self.choice(of: .user, key, &reader)
            case "channels": rooms = try Self.choice(of: .room, key, &reader)
            case "contacts": contacts = try Self.choice(of: .contact, key, &reader)
            case "messages":
                try reader.requireKind(.boolean, in: "selection.messages")
                includesMessages = try reader.readBoolean()
            default: throw Self.unknown(key, in: "selection", allowed: "users, channels, contacts, messages")
            }
        }
    }

    private static func choice(
        of type: RecordType, _ name: String, _ reader: inout JSONReader
    ) throws -> ImportSelection.Choice {
        let path = "selection.\(name)"
        try reader.requireKind(.object, in: path)
        var (isAll, match, rule) = (true, RecordMatch(), RecordRule(nil))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.skipNull() { continue }
            let field = "\(path).\(key.prefix(64))"
            switch key {
            case "all":
                try reader.requireKind(.boolean, in: field)
                isAll = try reader.readBoolean()
            case "filter":
                match.filters = try RecordFilter.read(reader.texts(in: field), of: type, in: field, isQuery: false)
            case "without":
                match.exclusions = try RecordFilter.read(reader.texts(in: field), of: type, in: field, isQuery: false)
            case "search":
                try reader.requireKind(.string, in: field)
                match.search = try RecordMatch.search(reader.readString(), in: field, isQuery: false)
            case "except": rule.except = try reader.texts(in: field)
            case "also": rule.also = try reader.texts(in: field)
            default: throw unknown(key, in: path, allowed: "all, filter, without, search, except, also")
            }
        }
        guard isAll || match.isEverything && rule.except.isEmpty else {
            throw contradiction(
                "\(path).all", "false",
                "\(path).all is false, so only `also` selects records. Leave out all, or filter, without, search and except."
            )
        }
        let also = Set(rule.also.map { ImportID($0) })
        if let both = rule.except.first(where: { also.contains(ImportID($0)) }) {
            throw contradiction("\(path).except", both, "The id is in except and in also. Leave it out of one of them.")
        }
        rule.match = isAll ? match : nil
        return isAll && match.isEverything && rule.except.isEmpty && rule.also.isEmpty ? .all : .matching(rule)
    }

    private static func contradiction(_ field: String, _ value: String, _ message: String) -> APIFailure {
        .invalidBody(
            [message],
            import: .init(
                code: "contradictory-selection", field: field, value: String(value.prefix(64)), message: message))
    }

    private static func unknown(_ key: String, in field: String, allowed: String) -> APIFailure {
        let shown = String(key.prefix(64))
        return .invalidBody(
            ["must NOT have additional properties"],
            import: .init(
                code: "additional-property", field: "\(field).\(shown)", value: shown,
                message: "\(field) has no field \"\(shown)\". Allowed: \(allowed)."))
    }
}

extension JSONReader {
    fileprivate mutating func requireKind(_ expected: JSONKind, in field: String) throws {
        guard try kind() == expected else {
            let name =
                switch expected {
                case .object: "object"
                case .array: "array"
                case .boolean: "boolean"
                default: "string"
                }
            throw APIFailure.invalidBody(["must be \(name)"], import: .init(code: "wrong-kind", field: field))
        }
    }

    /// A list of strings.
    fileprivate mutating func texts(in field: String) throws -> [String] {
        try requireKind(.array, in: field)
        var texts: [String] = []
        try beginArray()
        while try nextElement() {
            try requireKind(.string, in: "\(field)[\(texts.count)]")
            texts.append(try readString())
        }
        return texts
    }
}
