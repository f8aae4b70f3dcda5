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
                let message = try await call.services.messages.message(MessageID(id), for: call.caller)
                return JSONAnswer.response(MessageAnswer(message: MessageBody(message)))
            } catch WorkspaceError.messageNotFound {
                return JSONAnswer.response(FailureAnswer(), status: .badRequest)
            }
        },
        Endpoint(.get, "/api/v1/chat.getThreadMessages", access: .signedIn) { call in
            let query = try QueryFields(call.request, names: Page.names.union(["tmid"]))
            let page = try await Page(query, settings: call.services.settings)
            guard let id = query.text("tmid"), !id.isEmpty else {
                throw APIFailure.coded("The required \"tmid\" query param is missing.", "error-invalid-params")
            }
            let thread = try await call.services.messages.thread(
                MessageID(id), offset: page.offset, limit: page.limit, for: call.caller)
            return JSONAnswer.response(
                ListAnswer(
                    "messages", thread.messages.map(MessageBody.init), offset: page.offset, total: thread.total))
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
            let messages = try await call.services.messages.history(
                filter, offset: page.offset, limit: page.limit, for: call.caller)
            return JSONAnswer.response(ListAnswer("messages", messages.map(MessageBody.init)))
        },
    ]

    /// The most bytes of a text to search for.
    private static let longestSearch = 1_000
}
