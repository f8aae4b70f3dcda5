internal import ImportDomain
internal import ImporterKit

/// What the lists of rooms say is pinned: messages by their time, files by their id.
final class PinTable {
    private let allowance: Allowance
    /// Whether the pinned message was found, by room and pin.
    private var pins: [ExactString: [ExactString: Bool]] = [:]

    init(allowance: Allowance) { self.allowance = allowance }

    /// Whether no room has a list of pins, as in most exports.
    var isEmpty: Bool { pins.isEmpty }

    /// Notes what is pinned in a room.
    func add(_ pinned: [String], in roomID: String) {
        for pin in pinned { pins[ExactString(roomID), default: [:]][Self.key(pin)] = false }
    }

    /// Whether a message or file is pinned in a room; the pin then counts as found.
    func find(_ pinned: String, in roomID: String) -> Bool {
        guard let index = pins.index(forKey: ExactString(roomID)) else { return false }
        let key = Self.key(pinned)
        guard pins.values[index][key] != nil else { return false }
        pins.values[index][key] = true
        return true
    }

    /// Takes memory for a pin; false when there are too many.
    func allows(_ pin: String) -> Bool { pin.utf8.count <= 255 && allowance.take(96 + pin.utf8.count) }

    /// Reports pins whose message or file is not in the export.
    func finish(_ sink: RecordSink) throws {
        let count = pins.values.reduce(0) { $0 + $1.values.count { !$0 } }
        guard count > 0 else { return }
        try sink.report(
            .info, .valueReplaced, field: "pins", count: count,
            "The export lists pins of messages or files that it does not hold.")
    }

    /// A time with six decimals, as Slack writes them; tools that write it as a number drop zeros at its end.
    private static func key(_ pin: String) -> ExactString {
        guard let point = pin.utf8.firstIndex(of: UInt8(ascii: ".")) else { return ExactString(pin) }
        let decimals = pin.utf8.distance(from: point, to: pin.utf8.endIndex) - 1
        return ExactString(pin + String(repeating: "0", count: max(0, 6 - decimals)))
    }
}
