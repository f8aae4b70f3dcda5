import ImportDomain
import JSON

/// Members of staged documents; what is empty is left out.
extension JSONWriter {
    mutating func moment(_ moment: Timestamp?, for key: String) {
        guard let moment else { return }
        self.key(key)
        integer(Int(moment.milliseconds))
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
