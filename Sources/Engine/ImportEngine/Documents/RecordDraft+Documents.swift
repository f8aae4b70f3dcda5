import ImportDomain
import JSON

extension RecordDraft {
    /// A user.
    init(_ user: UserRecord) {
        self.init(Self.first(of: user.importIDs), UserDocument.text(of: user), secret: user.passwordDigest)
    }

    /// A room.
    init(_ room: RoomRecord) { self.init(Self.first(of: room.importIDs), RoomDocument.text(of: room)) }

    /// A contact.
    init(_ contact: ContactRecord) { self.init(Self.first(of: contact.importIDs), ContactDocument.text(of: contact)) }

    /// A message that has a row of its own.
    init(_ message: MessageRecord) {
        var writer = JSONWriter()
        MessageDocument.write(message, to: &writer)
        self.init(message.id ?? "", writer.text)
    }

    private init(_ importID: String, _ document: String, secret: String? = nil) {
        self.init(importID: importID, document: document, secret: secret)
    }

    private static func first(of importIDs: [String]) -> String { importIDs.first { !$0.isEmpty } ?? "" }
}
