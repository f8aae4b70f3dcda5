import ImportDomain
import JSON

/// What a second import of a message makes of its details.
enum MessageDocumentMerge {
    /// The details that the source tells now, with what the workspace has added since: who answered in the thread
    /// (`replies`), files that were fetched (`file`, `attachments`), or why they could not be.
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
        let told = toldMembers.first { $0.key == "attachments" }?.value
        let keepsAttachments = isFetched || isFileNote(kept["attachments"], on: told)
        var members = toldMembers.filter { $0.key != "replies" && !(keepsAttachments && $0.key == "attachments") }
        if keepsAttachments {
            for key in ["file", "attachments"] {
                if let value = kept[key] { members.append(JSONMember(key: key, value: value)) }
            }
        }
        let answers = kept["replies"]?.elements ?? []
        let answered = Set(answers.compactMap(\.exactText))
        let followers = (toldMembers.first { $0.key == "replies" }?.value.elements ?? []).filter { follower in
            follower.exactText.map { !answered.contains($0) } ?? false
        }
        if !(answers + followers).isEmpty {
            members.append(JSONMember(key: "replies", value: .array(answers + followers)))
        }
        let isSame = members.count == heldMembers.count && members.allSatisfy { kept[$0.key] == $0.value }
        return isSame ? held : members.isEmpty ? nil : JSONValue.object(members).serialized()
    }

    /// Whether a message shows the file that it carries.
    static func showsFile(_ document: String?) -> Bool {
        // Details that cannot be read show nothing.
        guard let document, let value = try? JSONValue(parsing: Array(document.utf8)) else { return false }
        return value["file"] != nil
    }

    /// Whether attachments are those that the source tells, and the last of them also says why its file is not there.
    private static func isFileNote(_ held: JSONValue?, on told: JSONValue?) -> Bool {
        guard let held = held?.elements, let told = told?.elements, held.count == told.count,
            held.dropLast() == told.dropLast(), case .object(let note)? = held.last,
            case .object(let file)? = told.last
        else { return false }
        return file.contains { $0.key == "type" && $0.value == .string("file") } && note.contains { $0.key == "text" }
            && note.filter { $0.key != "text" } == file.filter { $0.key != "text" }
    }
}

extension JSONValue {
    /// The text of a string; nil for anything else.
    fileprivate var exactText: ExactString? {
        if case .string(let text) = self { ExactString(text) } else { nil }
    }
}
