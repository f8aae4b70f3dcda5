import ImportDomain
import Passwords
import Synchronization

/// Ids and secrets from the system's random source.
final class RandomIdentifiers: IdentifierSource {
    /// Rocket.Chat's alphabet: no ambiguous characters, in the order of their codes.
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let hexadecimal = Array("0123456789abcdef".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// How many ids per millisecond are possible before they run ahead of the clock.
    private static let idsPerMillisecond: Int64 = 55 * 55

    /// The number of the latest id of a user.
    private let latestUserNumber = Mutex<Int64>(0)

    /// Ten characters grow with time, so that rows are appended to the index; seven are random, so that ids of several
    /// processes do not collide.
    func userID(at moment: Timestamp) -> UserID {
        var number = latestUserNumber.withLock { latest in
            latest = max(latest + 1, moment.milliseconds * Self.idsPerMillisecond)
            return UInt64(latest)
        }
        var random = RandomBytes.shared.number()
        let text = String(unsafeUninitializedCapacity: 17) { characters in
            for index in (0..<10).reversed() {
                characters[index] = Self.alphabet[Int(number % 55)]
                number /= 55
            }
            for index in 10..<17 {
                characters[index] = Self.alphabet[Int(random % 55)]
                random /= 55
            }
            return 17
        }
        return UserID(text)
    }

    func operationID(at moment: Timestamp) -> OperationID { OperationID(Self.random(24, of: Self.hexadecimal)) }

    func intakeID() -> IntakeID { IntakeID(Self.random(16, of: Self.alphabet)) }

    func loginToken() -> String { Self.random(43, of: Self.urlSafe) }

    func password() -> String { Self.random(20, of: Self.alphabet) }

    private static func random(_ count: Int, of characters: [UInt8]) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<count).map { _ in characters[Int.random(in: characters.indices, using: &generator)] },
            as: UTF8.self)
    }
}
