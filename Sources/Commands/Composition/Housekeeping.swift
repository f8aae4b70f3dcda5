import Logging
import ServiceLifecycle
import WorkspaceServices

/// Removes expired sessions.
struct Housekeeping: Service {
    let signIn: SignInService
    let logger: Logger
    var interval: Duration = .seconds(600)

    func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await signIn.removeExpired()
            } catch {
                logger.warning("Expired sessions could not be removed.", metadata: ["error": "\(error)"])
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: interval) }  // Woken early to stop.
        }
    }
}
