/// A record that could not be imported.
public struct FailureBody: ListContent, Codable, Sendable {
    /// `failures`.
    public static let itemsKey = "failures"

    /// The record's number in the staging area, which identifies it in later calls.
    public var id: String
    /// What it describes: `user`, `channel`, `message` or `contact`.
    public var type: String
    /// The stable name of the reason.
    public var code: String
    /// The reason as a sentence.
    public var message: String
    /// The invalid field.
    public var field: String?
    /// The id of the conflicting account, room or message.
    public var clashesWith: String?
    /// The record as it was staged, without secrets.
    public var data: JSONBody

    /// A failure.
    public init(
        id: String, type: String, code: String, message: String, field: String?, clashesWith: String?, data: JSONBody
    ) {
        self.id = id
        self.type = type
        self.code = code
        self.message = message
        self.field = field
        self.clashesWith = clashesWith
        self.data = data
    }
}
