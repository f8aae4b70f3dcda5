import ImportDomain
import JSON

/// Who follows a thread: the member `replies` of the document of its first message.
enum ThreadFollowers {
    /// The document with more followers, those that it has first; all other members stay as they are.
    ///
    /// - Throws: `StoreError.corrupt` for a document that is no JSON object.
    static func document(_ document: String?, adding followers: [String]) throws -> String {
        var members: [JSONMember] = []
        if let document {
            guard case .object(let present) = try parse(document) else {
                throw StoreError.corrupt(message: "A message's document is no JSON object.")
            }
            members = present
        }
        var replies: [JSONValue] = []
        if let index = members.firstIndex(where: { $0.key == "replies" }) {
            if case .array(let present) = members.remove(at: index).value { replies = present }
        }
        let present = Set(
            replies.compactMap { reply in
                if case .string(let user) = reply { user } else { nil as String? }
            })
        replies += followers.filter { !present.contains($0) }.map(JSONValue.string)
        members.append(JSONMember(key: "replies", value: .array(replies)))
        return JSONValue.object(members).serialized()
    }

    private static func parse(_ document: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: document)
        } catch {
            throw StoreError.corrupt(message: "A message's document cannot be read: \(error)")
        }
    }
}
