import Foundation
import ImportAPI
import NIOCore
import NIOHTTP1
import Synchronization

/// Follows one operation: by events while the server has them, else by polls.
///
/// Source: docs/decisions/0030-client.md.
struct ProgressWatch: Sendable {
    let exchange: Exchange
    /// The operation; nil until the first report names the current one.
    let operationID: String?

    /// How a stream of events ended.
    private enum End {
        /// With the result.
        case result
        /// Without it.
        case interrupted
        /// The server has no events.
        case unsupported
    }

    /// What is remembered between two connections.
    private final class Memory: Sendable {
        struct State {
            var operationID: String?
            var lastEventID: String?
            var latest: ProgressEventBody?
            var eventCount = 0
        }

        let state: Mutex<State>

        init(operationID: String?) { state = Mutex(State(operationID: operationID)) }
    }

    /// Reports progress until the operation has ended.
    ///
    /// - Throws: `ServerError`, `TransportError`, `CancellationError`.
    func run(_ report: @escaping @Sendable (ProgressEventBody) -> Void) async throws {
        let memory = Memory(operationID: operationID)
        var hasEvents = true
        var failures = 0
        while true {
            var demanded = Duration.zero
            if hasEvents {
                let before = memory.state.withLock { $0.eventCount }
                do {
                    switch try await listen(memory, report) {
                    case .result: return
                    case .unsupported: hasEvents = false
                    case .interrupted: break
                    }
                } catch {
                    guard Exchange.verdict(on: error) != .final || (error as? TransportError)?.status == 200 else {
                        throw error
                    }
                    demanded = exchange.demandedDelay(of: error) ?? .zero
                }
                let isWorking = !hasEvents || memory.state.withLock { $0.eventCount } > before
                failures = isWorking ? 0 : failures + 1
            }
            // While events fail, polls keep the caller informed, and report why the server cannot be reached.
            if try await poll(memory, report) { return }
            let delay = exchange.configuration.pollDelay * (1 << min(failures, 4))
            let longest = exchange.configuration.retries.longestDemandedDelay
            try await exchange.waiting.pause(max(delay, min(demanded, longest)))
        }
    }

    /// Reads one response of `import.events`.
    private func listen(
        _ memory: Memory, _ report: @escaping @Sendable (ProgressEventBody) -> Void
    ) async throws -> End {
        var query = EventQuery()
        let (operationID, lastEventID) = memory.state.withLock { ($0.operationID, $0.lastEventID) }
        query.operationId = operationID
        var request = try OutgoingRequest(EventCalls.events, query: query, body: NoFields?.none)
        if let lastEventID { request.headers.append((name: "Last-Event-ID", value: lastEventID)) }
        let configuration = exchange.configuration
        do {
            return try await exchange.once(request, silence: configuration.eventSilence, minimum: 1) { response in
                // The result was reported before.
                if response.status == 204 { return .result }
                guard response.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true else {
                    return .unsupported
                }
                var parser = EventParser(limit: configuration.eventBytes)
                do {
                    try await response.forEachChunk { chunk in
                        for event in try parser.receive(chunk.readableBytesView) {
                            let body = try decoded(event)
                            memory.state.withLock { state in
                                state.operationID = body.operationId
                                state.lastEventID = event.id
                                state.latest = body
                                state.eventCount += 1
                            }
                            report(body)
                            if event.name == "result" { throw Ended() }
                        }
                    }
                } catch is Ended {
                    return .result
                } catch is EventParser.TooLarge {
                    throw TransportError(
                        response.call, .responseTooLarge(limit: configuration.eventBytes),
                        "An event has more than \(configuration.eventBytes) bytes.", status: 200)
                }
                return .interrupted
            }
        } catch let error as ServerError where error.status == 404 || error.status == 405 {
            return .unsupported
        } catch let error as TransportError where error.status == 404 || error.status == 405 {
            return .unsupported
        }
    }

    private struct Ended: Error {}

    private func decoded(_ event: EventParser.Event) throws -> ProgressEventBody {
        do {
            return try JSONDecoder().decode(ProgressEventBody.self, from: Data(event.data))
        } catch {
            throw TransportError(
                "import.events", .unexpectedResponse, "An event is not one of the API.", status: 200)
        }
    }

    /// Asks for the state once.
    ///
    /// - Returns: whether the operation has ended.
    private func poll(
        _ memory: Memory, _ report: @Sendable (ProgressEventBody) -> Void
    ) async throws -> Bool {
        let call = ImportCalls.status
        let status: StatusResponse = try await exchange.response(
            to: OutgoingRequest(call, query: NoFields(), body: NoFields?.none))
        guard let operation = status.operation else {
            throw TransportError("import.status", .operationReplaced, "The server has no operation.")
        }
        let watched = memory.state.withLock { state in
            if state.operationID == nil { state.operationID = operation._id }
            return state.operationID
        }
        guard operation._id == watched else {
            throw TransportError(
                "import.status", .operationReplaced,
                "The current operation is \(operation._id), not \(watched ?? ""). Another import superseded it.")
        }
        let body = ProgressEventBody(status, operation)
        let isNews = memory.state.withLock { state in
            let old = state.latest
            if let old, old.state == body.state, old.status == body.status, old.control == body.control,
                old.done == body.done, old.total == body.total, old.failed == body.failed
            {
                return false
            }
            state.latest = body
            return true
        }
        let hasEnded = ImportState(rawValue: status.state)?.isFinal == true
        if isNews || hasEnded { report(body) }
        return hasEnded
    }
}

extension ProgressEventBody {
    /// The progress that `import.status` shows; Rocket.Chat counts no outcomes by type.
    fileprivate init(_ status: StatusResponse, _ operation: OperationBody) {
        let count = operation.count
        self.init(
            operationId: operation._id, state: status.state, status: operation.status, undone: status.undone ?? false,
            done: (count?.completed ?? 0) + (count?.error ?? 0) + (count?.skipped ?? 0), total: count?.total ?? 0,
            failed: count?.error ?? 0, counts: ControlResponse.TypeCounts(), ts: operation._updatedAt)
        control = status.control
        failure = operation.failure
    }
}
