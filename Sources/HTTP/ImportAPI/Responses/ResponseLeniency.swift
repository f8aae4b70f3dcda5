extension CodingUserInfoKey {
    /// Whether responses may lack fields that only Ferry returns. A client sets it to true, to read those of Rocket.Chat.
    public static let acceptsRocketChat = CodingUserInfoKey(rawValue: "ferry.acceptsRocketChat")
}

extension Decoder {
    /// Whether fields that only Ferry returns may be missing.
    var acceptsRocketChat: Bool { CodingUserInfoKey.acceptsRocketChat.flatMap { userInfo[$0] as? Bool } ?? false }
}

extension KeyedDecodingContainer {
    /// A field that must be present, unless `isLenient`.
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key, unless isLenient: Bool) throws -> Value? {
        isLenient ? try decodeIfPresent(type, forKey: key) : try decode(type, forKey: key)
    }
}
