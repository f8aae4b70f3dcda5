/// Reads Server-Sent Events from chunks of bytes.
///
/// Source: WHATWG HTML, "Server-sent events".
struct EventParser {
    /// One event.
    struct Event: Equatable {
        var name = "message"
        var id: String?
        var data: [UInt8] = []
    }

    /// More bytes than this in one event are an error.
    private let limit: Int
    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var isAfterCarriageReturn = false
    private var isFirstLine = true

    init(limit: Int) { self.limit = limit }

    /// The event is larger than the limit.
    struct TooLarge: Error {}

    /// Takes a chunk and returns the events that it completes.
    mutating func receive(_ bytes: some Sequence<UInt8>) throws -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n") where isAfterCarriageReturn: isAfterCarriageReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                isAfterCarriageReturn = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            default:
                isAfterCarriageReturn = false
                guard line.count + event.data.count < limit else { throw TooLarge() }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        guard !line.isEmpty else {
            defer { (event, hasData) = (Event(), false) }
            return hasData ? event : nil
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": event.name = String(decoding: value, as: UTF8.self)
        case "id": event.id = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            event.data += value
            hasData = true
        // Comments, and fields that mean nothing here.
        default: break
        }
        return nil
    }
}
