import Foundation
import ImportDomain

extension Timestamp {
    /// The moment as Rocket.Chat writes it: `2026-01-31T12:00:00.000Z`.
    var iso8601: String { Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(Self.style) }

    /// A moment from its ISO 8601 text, with or without milliseconds; nil for any other text.
    init?(iso8601 text: String) {
        // Both spellings are tried; neither fitting is the answer nil.
        guard let date = (try? Self.style.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text)) else {
            return nil
        }
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
