import ImportDomain
import JSON

/// Members of staged documents; what is empty is left out.
extension JSONWriter {
    mutating func text(_ text: String?, for key: String) {
        guard let text else { return }
        self.key(key)
        string(text)
    }

    mutating func texts(_ texts: [String], for key: String) {
        self.key(key)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    mutating func someTexts(_ texts: [String], for key: String) {
        if !texts.isEmpty { self.texts(texts, for: key) }
    }

    mutating func flag(_ flag: Bool, for key: String) {
        guard flag else { return }
        self.key(key)
        boolean(true)
    }

    mutating func moment(_ moment: Timestamp?, for key: String) {
        guard let moment else { return }
        self.key(key)
        integer(Int(moment.milliseconds))
    }

    mutating func json(_ text: String?, for key: String) {
        guard let text else { return }
        self.key(key)
        raw(text)
    }

    /// `{"_id": …}`, which is how records name people.
    mutating func identity(_ id: String?, for key: String) {
        guard let id else { return }
        self.key(key)
        beginObject()
        text(id, for: "_id")
        endObject()
    }
}
