import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// `chat.*`.
enum ChatRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/v1/chat.getMessage", access: .signedIn) { call in
            let query = try QueryFields(call.request, names: ["msgId"])
            guard let id = query.text("msgId"), !id.isEmpty else {
                throw APIFailure.plain("The \"msgId\" query parameter must be provided.")
            }
            do {
                return try await call.item {
                    MessageAnswer(
                        message: MessageBody(
                            try await call.services.messages.message(MessageID(id), for: call.caller)))
                }
            } catch WorkspaceError.messageNotFound {
                return JSONAnswer.response(FailureAnswer(), status: .badRequest)
            }
        },
        Endpoint(.get, "/api/v1/chat.getThreadMessages", access: .signedIn) { call in
            let query = try QueryFields(call.request, names: Page.sortableNames.union(["tmid"]))
            let page = try await Page(query, settings: call.services.settings)
            guard let id = query.text("tmid"), !id.isEmpty else {
                throw APIFailure.coded("The required \"tmid\" query param is missing.", "error-invalid-params")
            }
            let order = try MessageOrder(sort: query.text("sort"), otherwise: .oldestFirst)
            return try await call.list("messages") { bytes in
                let thread = try await call.services.messages.thread(
                    MessageID(id), order: order, offset: page.offset, limit: page.limit, bytes: bytes,
                    for: call.caller)
                return ListPage(items: thread.messages, offset: page.offset, total: thread.total)
            } body: {
                MessageBody($0)
            }
        },
        Endpoint(.get, "/api/v1/chat.search", access: .signedIn) { call in
            let query = try QueryFields(call.request, names: Page.names.union(["roomId", "searchText"]))
            let page = try await Page(query, settings: call.services.settings)
            guard let room = query.text("roomId"), !room.isEmpty else {
                throw APIFailure.coded(
                    "The required \"roomId\" query param is missing.", "error-roomId-param-not-provided")
            }
            guard let text = query.text("searchText"), !text.isEmpty else {
                throw APIFailure.coded(
                    "The required \"searchText\" query param is missing.", "error-searchText-param-not-provided")
            }
            guard text.utf8.count <= longestSearch else {
                throw APIFailure.invalidQuery(["must NOT have more than \(longestSearch) characters"])
            }
            var filter = MessageFilter(roomID: RoomID(room))
            filter.text = text
            let wanted = filter
            return try await call.list("messages") { bytes in
                ListPage(
                    items: try await call.services.messages.history(
                        wanted, offset: page.offset, limit: page.limit, bytes: bytes, for: call.caller))
            } body: {
                MessageBody($0)
            }
        },
    ]

    /// The most bytes of a text to search for.
    private static let longestSearch = 1_000
}
