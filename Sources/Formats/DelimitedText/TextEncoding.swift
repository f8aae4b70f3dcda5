/// How the bytes of a text stand for characters.
public enum TextEncoding: Hashable, Sendable {
    /// UTF-8.
    case utf8
    /// UTF-16, low byte first.
    case utf16LittleEndian
    /// UTF-16, high byte first.
    case utf16BigEndian
    /// The code page of western Windows, in which Excel writes CSV there.
    case windows1252
}
