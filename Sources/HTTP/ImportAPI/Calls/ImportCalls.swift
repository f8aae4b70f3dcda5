/// `import.*` and their relatives.
public enum ImportCalls {
    /// Creates an operation.
    public static let new = APICall<NoFields, NoFields, OperationResponse>(.post, v1: "import.new")
    /// Stages users.
    public static let addUsers = APICall<NoFields, AddUsersBody, SuccessResponse>(.post, v1: "import.addUsers")
    /// Stages rooms; an addition of Ferry.
    public static let addChannels = APICall<NoFields, AddChannelsBody, SuccessResponse>(.post, v1: "import.addChannels")
    /// Stages messages; an addition of Ferry.
    public static let addMessages = APICall<NoFields, AddMessagesBody, SuccessResponse>(.post, v1: "import.addMessages")
    /// Lists staged users, rooms and contacts; an addition of Ferry.
    public static let records = APICall<RecordQuery, NoFields, RecordListResponse>(.get, v1: "import.records")
    /// Starts the import of what is staged.
    public static let run = APICall<NoFields, RunBody, SuccessResponse>(.post, v1: "import.run")
    /// Returns the state of the current operation.
    public static let status = APICall<NoFields, NoFields, StatusResponse>(.get, v1: "import.status")
    /// Stops the import, or downloads, until it is resumed; an addition of Ferry.
    public static let pause = APICall<NoFields, ControlBody, ControlResponse>(.post, v1: "import.pause")
    /// Continues a paused import or paused downloads; an addition of Ferry.
    public static let resume = APICall<NoFields, ControlBody, ControlResponse>(.post, v1: "import.resume")
    /// Ends the import, or downloads, and keeps what is staged; an addition of Ferry.
    public static let cancel = APICall<NoFields, ControlBody, ControlResponse>(.post, v1: "import.cancel")
    /// Removes what is staged and ends the operation.
    public static let clear = APICall<NoFields, NoFields, SuccessResponse>(.post, v1: "import.clear")
    /// Lists failed records; an addition of Ferry.
    public static let failures = APICall<FailureQuery, NoFields, FailureListResponse>(.get, v1: "import.failures")
    /// Tries failed records again; an addition of Ferry.
    public static let retry = APICall<RetryQuery, RetryBody, RetryResponse>(.post, v1: "import.retry")
    /// Lists what an importer noticed; an addition of Ferry.
    public static let findings = APICall<FindingQuery, NoFields, FindingListResponse>(.get, v1: "import.findings")
    /// Lists importers.
    public static let importers = APICall<NoFields, NoFields, [ImporterBody]>(.get, v1: "importers.list")
    /// Returns the current operation.
    public static let currentOperation = APICall<NoFields, NoFields, OperationResponse>(
        .get, v1: "getCurrentImportOperation")
    /// Returns the progress of the current operation.
    public static let progress = APICall<NoFields, NoFields, ProgressResponse>(.get, v1: "getImportProgress")
    /// Lists the latest operations.
    public static let latestOperations = APICall<NoFields, NoFields, [OperationBody]>(
        .get, v1: "getLatestImportOperations")
    /// Receives an export file, also as `multipart/form-data`.
    public static let uploadFile = APICall<NoFields, UploadBody, SuccessResponse>(.post, v1: "uploadImportFile")
    /// Fetches an export file from an address.
    public static let downloadFile = APICall<NoFields, DownloadBody, SuccessResponse>(
        .post, v1: "downloadPublicImportFile")
    /// Reads the file and returns what is in it.
    public static let fileData = APICall<NoFields, NoFields, FileDataResponse>(.get, v1: "getImportFileData")
    /// Starts the import of a selection.
    public static let start = APICall<NoFields, StartBody, SuccessResponse>(.post, v1: "startImport")
    /// Queues the files that messages link to.
    public static let downloadPendingFiles = APICall<NoFields, NoFields, PendingResponse>(
        .post, v1: "downloadPendingFiles")
    /// Queues the avatars that accounts link to.
    public static let downloadPendingAvatars = APICall<NoFields, NoFields, PendingResponse>(
        .post, v1: "downloadPendingAvatars")
}
