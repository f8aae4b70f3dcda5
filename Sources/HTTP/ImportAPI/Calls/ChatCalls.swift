/// `chat.*`.
public enum ChatCalls {
    /// Returns a message.
    public static let message = APICall<MessageQuery, NoFields, MessageResponse>(.get, v1: "chat.getMessage")
    /// Lists the replies of a thread.
    public static let thread = APICall<ThreadQuery, NoFields, ListResponse<MessageBody>>(
        .get, v1: "chat.getThreadMessages")
    /// Searches the messages of a room.
    public static let search = APICall<SearchQuery, NoFields, SearchResponse>(.get, v1: "chat.search")
}
