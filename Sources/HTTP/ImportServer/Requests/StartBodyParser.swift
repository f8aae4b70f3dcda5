import ImportAPI
import ImportDomain
import ImportEngine
import JSON

/// The selection and the policies of `startImport`. `input` has one of Rocket.Chat's two forms for each kind: an object
/// with `all` and `list`, or a list of entries with `do_import`. An absent kind selects nothing. `selection`, an addition
/// of Ferry, has rules instead.
///
/// Source: `POST startImport` (since 7.0, and before).
struct StartBodyParser {
    /// The most bytes of the body.
    static let largestBytes = 100 << 20

    private(set) var selection = ImportSelection(users: .listed([]), rooms: .listed([]), contacts: .listed([]))
    private(set) var policies: ImportPolicies
    private var hasInput = false
    private var rules: ImportSelection?

    /// - Parameter policies: those that the body does not name.
    /// - Throws: the error of a body of another shape.
    init(_ bytes: [UInt8], policies: ImportPolicies = .ofFiles, requiresInput: Bool = true) throws {
        self.policies = policies
        guard !bytes.isEmpty else { throw APIFailure.invalidBody(Self.missingInput) }
        do {
            try JSONReader.read(bytes) { try read(&$0) }
        } catch let error as JSONError {
            throw APIFailure.invalidBody(
                (hasInput || !requiresInput ? [] : Self.missingInput) + [error.description],
                import: .init(code: error.code.rawValue))
        }
        guard let rules else {
            guard hasInput || !requiresInput else { throw APIFailure.invalidBody(Self.missingInput) }
            return
        }
        guard !hasInput else {
            throw APIFailure.invalidBody(
                ["must have either input or selection"],
                import: .init(
                    code: "contradictory-selection", field: "selection",
                    message: "The body selects records by input and by selection. Leave one of them out."))
        }
        selection = rules
    }

    /// The body of `import.run`, which may be empty: without `selection` everything that is staged is selected. Other
    /// fields are ignored.
    ///
    /// - Throws: the error of a body of another shape.
    static func run(_ bytes: [UInt8]) throws -> (selection: ImportSelection, policies: ImportPolicies) {
        var (selection, policies) = (ImportSelection.everything, ImportPolicies.ofCalls)
        guard !bytes.isEmpty else { return (selection, policies) }
        do {
            try JSONReader.read(bytes) { reader in
                guard try !reader.skipNull() else { return }
                try reader.require(.object)
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "policy": try policies.read(&reader)
                    case "selection" where try !reader.skipNull(): selection = try ImportSelection(rules: &reader)
                    case "selection": break
                    default: try reader.skipValue()
                    }
                }
            }
        } catch let error as JSONError {
            throw APIFailure.invalidBody([error.description], import: .init(code: error.code.rawValue))
        }
        return (selection, policies)
    }

    /// The body of `import.check`: without `input` and `selection` everything that is staged is selected.
    ///
    /// - Parameter policiesOfAll: the policies that such a body does not name.
    /// - Throws: the error of a body of another shape.
    static func check(_ bytes: [UInt8], policiesOfAll: ImportPolicies) throws -> ImportCheckRequest {
        guard !bytes.isEmpty else { return ImportCheckRequest(policies: policiesOfAll) }
        let body = try StartBodyParser(bytes, requiresInput: false)
        if body.hasInput { return ImportCheckRequest(selection: body.selection, policies: body.policies) }
        return ImportCheckRequest(
            selection: body.rules ?? .everything,
            policies: try StartBodyParser(bytes, policies: policiesOfAll, requiresInput: false).policies)
    }

    private static let missingInput = ["must have required property 'input'"]

    private mutating func read(_ reader: inout JSONReader) throws {
        try reader.require(.object)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "policy" {
                try policies.read(&reader)
                continue
            }
            if key == "selection" {
                if try !reader.skipNull() { rules = try ImportSelection(rules: &reader) }
                continue
            }
            guard key == "input" else { throw APIFailure.invalidBody(["must NOT have additional properties"]) }
            try reader.require(.object)
            hasInput = true
            try reader.beginObject()
            while let kind = try reader.nextKey() {
                switch kind {
                case "users": selection.users = try reader.choice(idKey: "user_id")
                case "channels": selection.rooms = try reader.choice(idKey: "channel_id")
                case "contacts": selection.contacts = try reader.choice(idKey: "id")
                default: try reader.skipValue()
                }
            }
        }
    }
}

extension JSONReader {
    fileprivate mutating func require(_ expected: JSONKind) throws {
        guard try kind() == expected else { throw Self.wrongKind(expected == .object ? "object" : "array") }
    }

    /// What is selected of one kind of record.
    fileprivate mutating func choice(idKey: String) throws -> ImportSelection.Choice {
        switch try kind() {
        case .null:
            try readNull()
            return .listed([])
        case .array: return try entries(idKey: idKey)
        default:
            try require(.object)
            return try allOrListed()
        }
    }

    private mutating func allOrListed() throws -> ImportSelection.Choice {
        var (all, list) = (false, [String]())
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "all": all = try flag()
            case "list" where try kind() == .null: try readNull()
            case "list":
                try require(.array)
                try beginArray()
                while try nextElement() { list.append(try text()) }
            default: try skipValue()
            }
        }
        return all ? .all : .listed(list)
    }

    private mutating func entries(idKey: String) throws -> ImportSelection.Choice {
        var ids: [String] = []
        try beginArray()
        while try nextElement() {
            try require(.object)
            var (id, isSelected) = (String?.none, Bool?.none)
            try beginObject()
            while let key = try nextKey() {
                switch key {
                case idKey: id = try text()
                case "do_import": isSelected = try flag()
                default: try skipValue()
                }
            }
            guard let id else { throw APIFailure.invalidBody(["must have required property '\(idKey)'"]) }
            guard let isSelected else { throw APIFailure.invalidBody(["must have required property 'do_import'"]) }
            if isSelected { ids.append(id) }
        }
        return .listed(ids)
    }

    private mutating func text() throws -> String {
        switch try kind() {
        case .string: return try readString()
        case .number: return try readNumber().coercedText
        case .boolean: return try readBoolean() ? "true" : "false"
        case .null:
            try readNull()
            return ""
        case .object, .array: throw Self.wrongKind("string")
        }
    }

    private mutating func flag() throws -> Bool {
        switch try kind() {
        case .boolean: return try readBoolean()
        case .null:
            try readNull()
            return false
        case .string:
            let text = try readString()
            guard text == "true" || text == "false" else { throw Self.wrongKind("boolean") }
            return text == "true"
        case .number:
            let number = try readNumber().integer
            guard number == 0 || number == 1 else { throw Self.wrongKind("boolean") }
            return number == 1
        case .object, .array: throw Self.wrongKind("boolean")
        }
    }

    private static func wrongKind(_ expected: String) -> APIFailure {
        .invalidBody(["must be \(expected)"], import: .init(code: "wrong-kind"))
    }
}
