/// Calls about the history of imports, additions of Ferry.
public enum HistoryCalls {
    /// Lists all operations.
    public static let list = APICall<PageQuery, NoFields, ListResponse<HistoryBody>>(.get, v1: "import.history")
    /// Returns every number of an operation, as JSON, Markdown or CSV.
    public static let report = APICall<ReportQuery, NoFields, ReportResponse>(.get, v1: "import.report")
    /// Removes an operation from the history.
    public static let delete = APICall<NoFields, DeleteBody, DeletedOperationResponse>(.post, v1: "import.delete")
}
