/// The body of an error response.
public struct ErrorBody: Codable, Equatable, Sendable {
    /// The location of the error in the body of an import call; an addition of Ferry.
    public struct Import: Codable, Equatable, Sendable {
        /// A stable name of the fault.
        public var code: String
        /// The index of the invalid record, from 0.
        public var index: Int?
        /// The invalid field.
        public var field: String?
        /// The invalid value; never a secret.
        public var value: String?
        /// What is wrong and what to do, if `error` has a documented text without it.
        public var message: String?
        /// The state of the import, as in `import.status`, of a call that it does not allow.
        public var state: String?
        /// What an administrator requested of the import; absent if nothing.
        public var control: String?
        /// The calls that lead on from the state.
        public var next: [String]?

        /// A detail of an error.
        public init(
            code: String, index: Int? = nil, field: String? = nil, value: String? = nil, message: String? = nil
        ) {
            self.code = code
            self.index = index
            self.field = field
            self.value = value
            self.message = message
        }
    }

    /// False.
    public var success = false
    /// `error` in responses of authentication.
    public var status: String?
    /// What is wrong and what to do, for people; only `chat.getMessage` reports a missing message without it.
    public var error: String?
    /// A stable name for programs.
    public var errorType: String?
    /// The same as `error` in responses of authentication.
    public var message: String?
    /// What the error is about, such as the name of the call.
    public var details: String?
    /// The location of the error in the body of an import call.
    public var `import`: Import?

    /// An error.
    public init(
        error: String?, errorType: String? = nil, details: String? = nil, status: String? = nil, message: String? = nil,
        import: Import? = nil
    ) {
        self.error = error
        self.errorType = errorType
        self.details = details
        self.status = status
        self.message = message
        self.import = `import`
    }
}
