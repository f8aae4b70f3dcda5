/// `import.downloads` and its relatives, additions of Ferry.
public enum DownloadCalls {
    /// Lists avatars and files of messages.
    public static let list = APICall<DownloadQuery, NoFields, DownloadListResponse>(.get, v1: "import.downloads")
    /// Queues downloads again.
    public static let retry = APICall<NoFields, DownloadChoiceBody, PendingResponse>(
        .post, v1: "import.downloads.retry")
    /// Gives up downloads.
    public static let skip = APICall<NoFields, DownloadChoiceBody, PendingResponse>(.post, v1: "import.downloads.skip")
}
