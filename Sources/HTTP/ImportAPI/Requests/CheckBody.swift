/// The body of `import.check`: that of `startImport` or `import.run`. It may be absent.
public struct CheckBody: Codable, Equatable, Sendable {
    /// What is selected, as in `startImport`; without it and `selection`, everything that is staged.
    public var input: StartBody.Input?
    /// What is selected, by rules.
    public var selection: SelectionBody?
    /// The treatment of conflicts; an absent field has the default of the call that would start the import.
    public var policy: PolicyBody?

    /// Everything that is staged, unless narrowed.
    public init(input: StartBody.Input? = nil, selection: SelectionBody? = nil, policy: PolicyBody? = nil) {
        self.input = input
        self.selection = selection
        self.policy = policy
    }
}
