import ImportDomain
import WorkspaceServices

/// Checks whether sessions of long responses still exist, each at most once in a while, however many responses it has.
actor SessionChecks {
    /// The credentials of a session.
    struct Key: Hashable {
        let userID: String
        let token: String
    }

    private struct Check {
        let instant: ContinuousClock.Instant
        let result: Task<Bool, Never>
    }

    private let signIn: SignInService
    private let interval: Duration
    private var checks: [Key: Check] = [:]

    /// - Parameter interval: how long a result is valid.
    init(_ signIn: SignInService, interval: Duration) {
        self.signIn = signIn
        self.interval = interval
    }

    /// Whether the session exists and its account may import; true while the database cannot tell.
    func isValid(_ key: Key) async -> Bool {
        let now = ContinuousClock.now
        if let check = checks[key], now - check.instant < interval { return await check.result.value }
        checks = checks.filter { now - $0.value.instant < interval }
        let result = Task { [signIn] in
            do {
                return try await signIn.authenticate(userID: key.userID, token: key.token)?.may(.runImport) ?? false
            } catch {
                return true
            }
        }
        checks[key] = Check(instant: now, result: result)
        return await result.value
    }
}
