import CPQ
import SQL

/// The address of a database, as libpq takes it.
enum PostgreSQLAddress {
    /// Refuses an address that libpq would not understand, or not as it is meant.
    ///
    /// libpq's own messages repeat what they cannot read, which may be a part of a password; so this comes first.
    ///
    /// - Throws: `SQLError.refused`.
    static func check(_ address: String) throws {
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? ""
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let signs = rest.count { $0 == "@" }
        let isUnderstood: Bool = {
            guard signs <= 1, signs == authority.count(where: { $0 == "@" }) else { return false }
            var message: UnsafeMutablePointer<CChar>?
            guard let options = PQconninfoParse(address, &message) else {
                PQfreemem(message)
                return false
            }
            PQconninfoFree(options)
            return true
        }()
        guard isUnderstood else {
            throw SQLError.refused(
                message: "The address of the PostgreSQL database cannot be read. Use "
                    + "postgres://user:password@host:port/name, and write @ as %40, / as %2F, ? as %3F and % as %25 in "
                    + "a user or password.")
        }
    }
}
