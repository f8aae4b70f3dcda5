import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import Synchronization
import WorkspaceServices

/// How many calls of one endpoint an address may make.
enum RateBudget: Sendable {
    /// As set in the workspace.
    case standard
    /// Enough for an import that sends without pause.
    case imports
    /// Few enough to prevent guessing of passwords, many enough that blocking after failures comes first.
    case signIn
    /// Cheap calls of machines.
    case unlimited
}

/// Counts calls by endpoint and client address, in windows of fixed length.
///
/// Source: docs/api.md, "Rate limits".
final class RateLimiter: Sendable {
    /// A caller's count within a window.
    struct Standing: Sendable {
        let limit: Int
        let remaining: Int
        let resetsAt: Timestamp

        func write(to headers: inout HTTPFields) {
            headers[.rateLimit] = String(limit)
            headers[.rateLimitRemaining] = String(remaining)
            headers[.rateLimitReset] = String(resetsAt.milliseconds)
        }
    }

    private struct Key: Hashable {
        let operationID: String
        let address: String
    }

    private struct Window {
        var endsAt: Timestamp
        var calls: Int
    }

    /// The number of windows at which expired ones are removed.
    private static let sweepThreshold = 10_000

    private let store: any Store
    private let windows = Mutex<[Key: Window]>([:])

    /// - Parameter store: stores the counts if several processes share the workspace; else they are in memory.
    init(store: any Store) { self.store = store }

    /// Counts a call.
    ///
    /// - Returns: nil for calls that are not limited.
    /// - Throws: the error of a call beyond the limit.
    func admit(
        _ endpoint: Endpoint, from address: String, caller: Caller?, settings: SettingService, at now: Timestamp
    ) async throws -> Standing? {
        if let caller, caller.may(.bypassRateLimit) { return nil }
        guard let (limit, length) = try await budget(of: endpoint, settings: settings), limit > 0 else { return nil }
        let key = Key(operationID: endpoint.operationID, address: address)
        let window =
            try await store.isShared ? sharedCount(key, length: length, at: now) : count(key, length: length, at: now)
        let standing = Standing(limit: limit, remaining: max(0, limit - window.calls), resetsAt: window.endsAt)
        guard window.calls > limit else { return standing }

        let seconds = max(1, (window.endsAt.milliseconds - now.milliseconds + 999) / 1000)
        var failure = APIFailure.plain(
            "Error, too many requests. Please slow down. You must wait \(seconds) seconds before trying this endpoint "
                + "again. [error-too-many-requests]", status: .tooManyRequests)
        standing.write(to: &failure.headers)
        failure.headers[.retryAfter] = String(seconds)
        throw failure
    }

    private func budget(of endpoint: Endpoint, settings: SettingService) async throws -> (limit: Int, length: Duration)?
    {
        // A call without a limit needs no database.
        if case .unlimited = endpoint.budget { return nil }
        guard case .flag(true) = try await settings.value(of: Settings.rateLimiterEnabled.id) else { return nil }
        switch endpoint.budget {
        case .unlimited: return nil
        case .imports: return (600, .seconds(60))
        case .signIn: return (120, .seconds(60))
        case .standard:
            guard case .number(let limit) = try await settings.value(of: Settings.rateLimitCalls.id),
                case .number(let milliseconds) = try await settings.value(of: Settings.rateLimitMilliseconds.id)
            else { return nil }
            return (limit, .milliseconds(milliseconds))
        }
    }

    private func sharedCount(_ key: Key, length: Duration, at now: Timestamp) async throws -> Window {
        let (calls, endsAt) = try await store.write {
            try $0.callCounts.count("\(key.operationID) \(key.address)", length: length, at: now)
        }
        return Window(endsAt: endsAt, calls: calls)
    }

    private func count(_ key: Key, length: Duration, at now: Timestamp) -> Window {
        windows.withLock { windows in
            if windows.count >= Self.sweepThreshold { windows = windows.filter { $0.value.endsAt > now } }
            var window = windows[key] ?? Window(endsAt: now + length, calls: 0)
            if window.endsAt <= now { window = Window(endsAt: now + length, calls: 0) }
            // The clock was ahead when the window began, or windows were longer.
            window.endsAt = min(window.endsAt, now + length)
            window.calls += 1
            windows[key] = window
            return window
        }
    }
}
