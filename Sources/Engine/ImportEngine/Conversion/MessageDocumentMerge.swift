import JSON

/// What a second import of a message makes of its details.
enum MessageDocumentMerge {
    /// The details that the source tells now, with what the workspace has added since: who answered in the thread
    /// (`replies`), and files that were fetched (`file`, `attachments`).
    ///
    /// - Returns: `held` itself when that says the same already.
    static func merged(_ told: String?, into held: String?) -> String? {
        guard told != held, let held else { return told }
        // Details that cannot be read are replaced by those that can.
        guard case .object(let heldMembers)? = try? JSONValue(parsing: Array(held.utf8)),
            case .object(let toldMembers)? = try? JSONValue(parsing: Array((told ?? "{}").utf8))
        else {
            return told
        }
        let kept = Dictionary(heldMembers.map { ($0.key, $0.value) }) { first, _ in first }
        let isFetched = kept["file"] != nil
        var members = toldMembers.filter { $0.key != "replies" && !(isFetched && $0.key == "attachments") }
        if isFetched {
            for key in ["file", "attachments"] {
                if let value = kept[key] { members.append(JSONMember(key: key, value: value)) }
            }
        }
        let answers = kept["replies"]?.elements ?? []
        let followers = (toldMembers.first { $0.key == "replies" }?.value.elements ?? []).filter {
            !answers.contains($0)
        }
        if !(answers + followers).isEmpty {
            members.append(JSONMember(key: "replies", value: .array(answers + followers)))
        }
        let isSame = members.count == heldMembers.count && members.allSatisfy { kept[$0.key] == $0.value }
        return isSame ? held : members.isEmpty ? nil : JSONValue.object(members).serialized()
    }
}
