/// The body of `import.check`: that of `startImport` or `import.run`. It may be absent.
public struct CheckBody: Codable, Equatable, Sendable {
    /// What is selected, as in `startImport`; absent for everything that is staged.
    public var input: StartBody.Input?
    /// The treatment of conflicts; an absent field has the default of the call that would start the import.
    public var policy: PolicyBody?

    /// Everything that is staged, unless narrowed.
    public init(input: StartBody.Input? = nil, policy: PolicyBody? = nil) {
        self.input = input
        self.policy = policy
    }
}
