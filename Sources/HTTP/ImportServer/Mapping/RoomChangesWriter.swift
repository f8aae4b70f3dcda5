import Foundation
import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// Writes all rooms of an account, a page at a time, because the call has no paging.
///
/// Source: `GET rooms.get`.
struct RoomChangesWriter: Sendable {
    private static let pageLength = 1_000
    private static let pageBytes = 1 << 20

    let call: Endpoint.Call
    let since: Timestamp?

    var response: Response {
        get async throws {
            let reservation = try await call.services.responseMemory.reserve(4 << 20, for: try call.caller.user.id)
            // Read before the response begins, so that a failure gets its own status.
            let first = try await page(from: 0)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(logger: call.context.logger) { writer in
                    try await writer.write(ByteBuffer(string: #"{"remove":[],"success":true,"update":["#))
                    var (rooms, offset) = (first, 0)
                    while !rooms.isEmpty {
                        for room in rooms {
                            if offset > 0 { try await writer.write(ByteBuffer(string: ",")) }
                            try await writer.write(ByteBuffer(bytes: WireJSON.data(RoomBody(room))))
                            offset += 1
                        }
                        rooms = try await page(from: offset)
                    }
                    try await writer.write(ByteBuffer(string: "]}"))
                    try await writer.finish(nil)
                    withExtendedLifetime(reservation) {}
                })
        }
    }

    private func page(from offset: Int) async throws -> [RoomView] {
        try await call.services.rooms.rooms(
            changedAfter: since, offset: offset, limit: Self.pageLength, bytes: Self.pageBytes, for: call.caller)
    }
}
