import ImportDomain
import JSON

/// An account's roles as one JSON array of texts.
enum StoredRoles {
    static func text(of roles: [String]) -> String {
        // Nearly every imported account: spares the writer.
        if roles == ["user"] { return #"["user"]"# }
        var writer = JSONWriter()
        writer.beginArray()
        for role in roles { writer.string(role) }
        writer.endArray()
        return writer.text
    }

    /// - Throws: `StoreError.corrupt`.
    static func roles(in text: String) throws -> [String] {
        if text == #"["user"]"# { return ["user"] }
        do {
            return try JSONReader.read(text) { reader in
                var roles: [String] = []
                try reader.beginArray()
                while try reader.nextElement() { roles.append(try reader.readString()) }
                return roles
            }
        } catch {
            throw StoreError.corrupt(message: "An account's roles cannot be read: \(error)")
        }
    }
}
