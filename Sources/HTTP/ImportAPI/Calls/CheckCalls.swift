/// What an import would do; additions of Ferry.
public enum CheckCalls {
    /// Tells what an import would do with what is staged, and writes nothing to the workspace.
    public static let check = APICall<CheckQuery, CheckBody, CheckResponse>(.post, v1: "import.check")
}
