internal import ImportDomain

/// Parses `Retry-After`: a number of seconds, or an HTTP date.
///
/// Source: RFC 9110, 10.2.3 and 5.6.7; the two obsolete forms of dates are not read.
enum RetryAfter {
    /// The maximum pause.
    static let maximum = Duration.seconds(86_400)

    /// The pause from `now` on; nil for an invalid value, zero for past times.
    static func duration(_ text: String, now: Timestamp) -> Duration? {
        let text = String(text.drop { $0 == " " })
        guard text.utf8.count <= 64 else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let seconds = Int64(text) else { return maximum }
            return min(.seconds(seconds), maximum)
        }
        guard let moment = date(text) else { return nil }
        return min(max(moment - now, .zero), maximum)
    }

    /// The timestamp of `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
            (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        // Days since 1970-03-01 of years that begin in March, so that the leap day is the last.
        let shiftedYear = month < 2 ? year - 1 : year
        let shiftedMonth = Int64((month + 10) % 12)
        let days =
            365 * shiftedYear + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
            + (153 * shiftedMonth + 2) / 5 + day - 719_469
        return Timestamp(milliseconds: ((days * 24 + time[0]) * 60 + time[1]) * 60_000 + time[2] * 1000)
    }
}
