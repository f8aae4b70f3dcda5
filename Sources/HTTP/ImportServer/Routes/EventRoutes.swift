import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// `import.events`.
enum EventRoutes {
    /// The time after which a comment is sent, so that proxies and clients keep the connection.
    private static let silence = Duration.seconds(15)

    static let endpoints: [Endpoint] = [
        Endpoint(EventCalls.events, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let (operation, undo) = try await call.services.engine.history.progress(
                of: query.operationId.map { OperationID($0) })
            // A browser connects again when a stream ends; this status tells it that it has the result.
            if operation.lifecycle.isEnded,
                call.request.headers[.lastEventID] == ProgressEvent.finalID(of: operation)
            {
                return Reply(Response(status: .noContent))
            }
            let listener: ProgressFeed.Listener
            do throws(ProgressFeedRefusal) {
                listener = try call.services.progress.listen(to: operation, undo: undo)
            } catch {
                throw APIFailure.tooManyListeners(error)
            }
            let session = try ListenerSession(call)
            call.context.channel.closeFuture.whenComplete { [weak listener] _ in listener?.end() }
            return Reply(
                Response(
                    status: .ok,
                    headers: [.contentType: "text/event-stream", .accelBuffering: "no"],
                    body: ResponseBody { writer in
                        try await write(listener, to: &writer, of: session)
                        try await writer.finish(nil)
                    }))
        }
    ]

    private static func write(
        _ listener: ProgressFeed.Listener, to writer: inout any ResponseBodyWriter, of session: ListenerSession
    ) async throws {
        let clock = ContinuousClock()
        var (written, latest) = (0, clock.now)
        // Browsers connect again after this time.
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        for await report in listener.reports {
            guard await session.isValid else { return }
            if report.number > written {
                written = report.number
                try await writer.write(ByteBuffer(string: ProgressEvent(report).text))
            } else if clock.now - latest >= silence {
                try await writer.write(ByteBuffer(string: ":\n\n"))
            } else {
                continue
            }
            latest = clock.now
        }
    }
}

/// The session of a listener, checked again from time to time.
private struct ListenerSession {
    private let sessions: SessionChecks
    private let key: SessionChecks.Key

    init(_ call: Endpoint.Call) throws {
        sessions = call.services.sessions
        key = SessionChecks.Key(
            userID: try call.caller.user.id.rawValue, token: call.request.headers[.authToken] ?? "")
    }

    var isValid: Bool { get async { await sessions.isValid(key) } }
}

extension APIFailure {
    fileprivate static func tooManyListeners(_ refusal: ProgressFeedRefusal) -> APIFailure {
        let text =
            switch refusal {
            case .full: "Too many clients listen to imports. Try again later, or call import.status"
            case .closed: "The server is stopping. Try again later"
            }
        return coded(text, "error-server-busy", status: .serviceUnavailable).with(.retryAfter, "5")
    }
}

extension HTTPField.Name {
    /// `X-Accel-Buffering`, by which nginx passes a stream on at once.
    fileprivate static let accelBuffering = makeName("X-Accel-Buffering")
    /// `Last-Event-ID`, the last event that a client received before it connects again.
    fileprivate static let lastEventID = makeName("Last-Event-ID")
}
