import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

extension PolicyBody {
    /// All four policies.
    init(_ policies: ImportPolicies) {
        self.init(
            users: policies.users.rawValue, rooms: policies.rooms.rawValue, guests: policies.guests.rawValue,
            downloads: policies.downloads.rawValue)
    }
}

extension Endpoint.Call {
    /// Rejects a further run of an import, or its undo, as its start would be.
    ///
    /// - Parameter changedAccounts: whether the import changed accounts, if only in an earlier run.
    /// - Throws: as `requirePermissions(for:)`.
    func requirePermissions(of operation: ImportOperation, changedAccounts: Bool = false) throws {
        guard var policies = operation.start?.policies else { return }
        if changedAccounts { policies.users = .update }
        try requirePermissions(for: policies)
    }

    /// Rejects policies whose import would do what the caller may not do by the calls that change accounts.
    ///
    /// - Throws: the error of a caller that lacks a permission, which it names.
    func requirePermissions(for policies: ImportPolicies) throws {
        guard policies.users == .update else { return }
        let caller = try caller
        guard let missing = ImportPolicies.updating.first(where: { !caller.may($0) }) else { return }
        var failure = APIFailure.notAllowed
        failure.body.import = .init(
            code: "missing-permission", field: "policy.users", value: missing.rawValue,
            message: "The policy users: update changes accounts and needs the permission \(missing.rawValue).")
        throw failure
    }
}

extension ImportPolicies {
    /// The permissions of the calls that make the changes of `users: update`.
    fileprivate static let updating: [PermissionName] = [
        .editOtherUserInfo, .editOtherUserActiveStatus, .assignRoles, .assignAdminRole,
    ]

    /// These policies with those of a `policy` object, as JSON text.
    ///
    /// - Throws: the error of a text of another shape.
    func replacing(_ text: String) throws -> ImportPolicies {
        var policies = self
        do {
            try JSONReader.read(text) { try policies.read(&$0) }
        } catch let error as JSONError {
            throw APIFailure.invalidBody([error.description], import: .init(code: error.code.rawValue, field: "policy"))
        }
        return policies
    }

    /// Reads the policies of a `policy` object; those that are absent or null stay.
    ///
    /// - Throws: the error of an unknown policy or word, with the words that are allowed; `JSONError`.
    mutating func read(_ reader: inout JSONReader) throws {
        guard try !reader.skipNull() else { return }
        guard try reader.kind() == .object else { throw Self.wrongKind("object", "policy") }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "users": try Self.read(&users, of: key, from: &reader)
            case "rooms": try Self.read(&rooms, of: key, from: &reader)
            case "guests": try Self.read(&guests, of: key, from: &reader)
            case "downloads": try Self.read(&downloads, of: key, from: &reader)
            default:
                let shown = String(key.prefix(64))
                throw APIFailure.invalidBody(
                    ["must NOT have additional properties"],
                    import: .init(
                        code: "additional-property", field: "policy.\(shown)", value: shown,
                        message: "There is no policy for \"\(shown)\". Allowed: users, rooms, guests, downloads."))
            }
        }
    }

    private static func read<Policy: RawRepresentable<String> & CaseIterable>(
        _ policy: inout Policy, of key: String, from reader: inout JSONReader
    ) throws {
        guard try !reader.skipNull() else { return }
        guard try reader.kind() == .string else { throw wrongKind("string", "policy.\(key)") }
        let word = try reader.readString()
        guard let known = Policy(rawValue: word) else {
            let shown = String(word.prefix(64))
            let allowed = Policy.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIFailure.invalidBody(
                ["must be equal to one of the allowed values"],
                import: .init(
                    code: "unknown-policy", field: "policy.\(key)", value: shown,
                    message: "\"\(shown)\" is not a policy for \(key). Allowed: \(allowed)."))
        }
        policy = known
    }

    private static func wrongKind(_ expected: String, _ field: String? = nil) -> APIFailure {
        .invalidBody(["must be \(expected)"], import: .init(code: "wrong-kind", field: field))
    }
}

extension JSONReader {
    /// Skips null.
    ///
    /// - Returns: whether the value was null.
    mutating func skipNull() throws(JSONError) -> Bool {
        guard try kind() == .null else { return false }
        try readNull()
        return true
    }
}
