import ImportDomain
import JSON

/// Roles, of an account or of its place in a room, as one JSON array of texts.
enum StoredRoles {
    static func text(of roles: [String]) -> String {
        // Nearly every imported account, and nearly every place in a room: spares the writer.
        if roles.isEmpty { return "[]" }
        if roles == ["user"] { return #"["user"]"# }
        var writer = JSONWriter()
        writer.beginArray()
        for role in roles { writer.string(role) }
        writer.endArray()
        return writer.text
    }

    /// - Throws: `StoreError.corrupt`.
    static func roles(in text: String) throws -> [String] {
        if text == "[]" { return [] }
        if text == #"["user"]"# { return ["user"] }
        do {
            return try JSONReader.read(text) { reader in
                var roles: [String] = []
                try reader.beginArray()
                while try reader.nextElement() { roles.append(try reader.readString()) }
                return roles
            }
        } catch {
            throw StoreError.corrupt(message: "Roles cannot be read: \(error)")
        }
    }
}
