/// A message as the wire shows it; what is not known is left out, never null.
public struct MessageBody: Codable, Equatable, Sendable {
    /// The message's id.
    public var _id: String
    /// The room's id.
    public var rid: String
    /// The text.
    public var msg: String
    /// When it was written, ISO 8601.
    public var ts: String
    /// Its author.
    public var u: PersonBody
    /// When it changed last, ISO 8601.
    public var _updatedAt: String
    /// Which kind of system message it is.
    public var t: String?
    /// The id of the message from which its thread hangs.
    public var tmid: String?
    /// Whether an answer in a thread is shown in the room as well.
    public var tshow: Bool?
    /// How many answers hang from it.
    public var tcount: Int?
    /// When the latest answer was written, ISO 8601.
    public var tlm: String?
    /// When it was changed, ISO 8601.
    public var editedAt: String?
    /// Whether it is pinned.
    public var pinned: Bool?
    /// What else there is to show: `alias`, `mentions`, `reactions`, `attachments` and others, beside the members above.
    public var details: [String: JSONBody] = [:]

    /// A message of the given parts.
    public init(_id: String, rid: String, msg: String, ts: String, u: PersonBody, _updatedAt: String) {
        self._id = _id
        self.rid = rid
        self.msg = msg
        self.ts = ts
        self.u = u
        self._updatedAt = _updatedAt
    }

    /// Reads a message; members without a place of their own are its details.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        _id = try container.decode(String.self, forKey: Key("_id"))
        rid = try container.decode(String.self, forKey: Key("rid"))
        msg = try container.decode(String.self, forKey: Key("msg"))
        ts = try container.decode(String.self, forKey: Key("ts"))
        u = try container.decode(PersonBody.self, forKey: Key("u"))
        _updatedAt = try container.decode(String.self, forKey: Key("_updatedAt"))
        t = try container.decodeIfPresent(String.self, forKey: Key("t"))
        tmid = try container.decodeIfPresent(String.self, forKey: Key("tmid"))
        tshow = try container.decodeIfPresent(Bool.self, forKey: Key("tshow"))
        tcount = try container.decodeIfPresent(Int.self, forKey: Key("tcount"))
        tlm = try container.decodeIfPresent(String.self, forKey: Key("tlm"))
        editedAt = try container.decodeIfPresent(String.self, forKey: Key("editedAt"))
        pinned = try container.decodeIfPresent(Bool.self, forKey: Key("pinned"))
        for key in container.allKeys where !Self.ownKeys.contains(key.stringValue) {
            details[key.stringValue] = try container.decode(JSONBody.self, forKey: key)
        }
    }

    /// Writes the message with its details beside its own members, which win.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, value) in details where !Self.ownKeys.contains(key) {
            try container.encode(value, forKey: Key(key))
        }
        try container.encode(_id, forKey: Key("_id"))
        try container.encode(rid, forKey: Key("rid"))
        try container.encode(msg, forKey: Key("msg"))
        try container.encode(ts, forKey: Key("ts"))
        try container.encode(u, forKey: Key("u"))
        try container.encode(_updatedAt, forKey: Key("_updatedAt"))
        try container.encodeIfPresent(t, forKey: Key("t"))
        try container.encodeIfPresent(tmid, forKey: Key("tmid"))
        try container.encodeIfPresent(tshow, forKey: Key("tshow"))
        try container.encodeIfPresent(tcount, forKey: Key("tcount"))
        try container.encodeIfPresent(tlm, forKey: Key("tlm"))
        try container.encodeIfPresent(editedAt, forKey: Key("editedAt"))
        try container.encodeIfPresent(pinned, forKey: Key("pinned"))
    }

    private static let ownKeys: Set<String> = [
        "_id", "rid", "msg", "ts", "u", "_updatedAt", "t", "tmid", "tshow", "tcount", "tlm", "editedAt", "pinned",
        "_hidden",
    ]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }

        init?(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }
}
