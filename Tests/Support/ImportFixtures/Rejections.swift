public import ImportDomain
public import Testing

/// Expects that the state of the import does not allow a call, for this reason.
public func expectRejection(
    _ reason: ImportRejection.Reason, sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation, _ call: () async throws -> Void
) async {
    do {
        try await call()
        Issue.record("The call was accepted.", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? ImportError)?.rejection?.reason == reason, "\(error)", sourceLocation: sourceLocation)
    }
}

extension ImportError {
    /// Why the state of the import does not allow the call.
    public var rejection: ImportRejection? { if case .rejected(let rejection) = self { rejection } else { nil } }
}
