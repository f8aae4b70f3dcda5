import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// `chat.*`.
enum ChatRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(ChatCalls.message, access: .signedIn) { call, input in
            let id = try input.query.msgId
            guard !id.isEmpty else {
                throw APIFailure.plain("The \"msgId\" query parameter must be provided.")
            }
            do {
                return try await call.item {
                    MessageResponse(
                        message: MessageBody(
                            try await call.services.messages.message(MessageID(id), for: call.caller)))
                }
            } catch WorkspaceError.messageNotFound {
                throw APIFailure(status: .badRequest, body: ErrorBody(error: nil))
            }
        },
        Endpoint(ChatCalls.thread, access: .signedIn) { call, input in
            let query = try input.query
            guard !query.tmid.isEmpty else {
                throw APIFailure.coded("The required \"tmid\" query param is missing.", "error-invalid-params")
            }
            let order = try MessageOrder(sort: query.sort, otherwise: .oldestFirst)
            return try await call.list(query) { page in
                let thread = try await call.services.messages.thread(
                    MessageID(query.tmid), order: order, offset: page.offset, limit: page.limit, bytes: page.bytes,
                    for: call.caller)
                return ListPage(items: thread.messages, total: thread.total)
            } body: {
                MessageBody($0)
            }
        },
        Endpoint(ChatCalls.search, access: .signedIn) { call, input in
            let query = try input.query
            guard !query.roomId.isEmpty else {
                throw APIFailure.coded(
                    "The required \"roomId\" query param is missing.", "error-roomId-param-not-provided")
            }
            guard !query.searchText.isEmpty else {
                throw APIFailure.coded(
                    "The required \"searchText\" query param is missing.", "error-searchText-param-not-provided")
            }
            guard query.searchText.utf8.count <= longestSearch else {
                throw APIFailure.invalidQuery(["must NOT have more than \(longestSearch) characters"])
            }
            var filter = MessageFilter(roomID: RoomID(query.roomId))
            filter.text = query.searchText
            let wanted = filter
            let order = try MessageOrder(sort: query.sort)
            return try await call.list(query) { page in
                ListPage(
                    items: try await call.services.messages.history(
                        wanted, order: order, offset: page.offset, limit: page.limit, bytes: page.bytes,
                        for: call.caller))
            } body: {
                MessageBody($0)
            }
        },
    ]

    /// The most bytes of a text to search for.
    private static let longestSearch = 1_000
}
