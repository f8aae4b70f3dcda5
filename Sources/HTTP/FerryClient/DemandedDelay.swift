import Foundation
import NIOHTTP1

/// How long a server demands to wait, from the headers of a response.
enum DemandedDelay {
    /// `Retry-After` in seconds or as a date; without it `X-RateLimit-Reset`, as Rocket.Chat sends it.
    ///
    /// Dates are compared with the server's own `Date`, so the clock of this machine does not matter.
    static func read(_ headers: HTTPHeaders) -> Duration? {
        let now = headers.first(name: "Date").flatMap(seconds)
        if let text = headers.first(name: "Retry-After") {
            if let count = Int(text), count >= 0 { return .seconds(min(count, 1 << 31)) }
            if let now, let date = seconds(text) { return .seconds(max(0, date - now)) }
        }
        if let now, let text = headers.first(name: "X-RateLimit-Reset"), let reset = Int64(text),
            headers.first(name: "X-RateLimit-Remaining") == "0"
        {
            let wait = reset / 1_000 - Int64(now)
            // Dates have whole seconds.
            return wait < 0 ? nil : .seconds(wait + 1)
        }
        return nil
    }

    /// Seconds since 1970 of an HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func seconds(_ text: String) -> Int? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split { " :,".contains($0) }.map(String.init)
        guard words.count == 8, words[7] == "GMT", let day = Int(words[1]), let month = months.firstIndex(of: words[2]),
            let year = Int(words[3]), (1970...9999).contains(year), (1...31).contains(day), let hour = Int(words[4]),
            let minute = Int(words[5]), let second = Int(words[6])
        else { return nil }
        // Days of the civil calendar, with years that begin in March.
        let shifted = month < 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let era = shifted / 400, yearOfEra = shifted % 400
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + hour * 3_600 + minute * 60 + second
    }
}
