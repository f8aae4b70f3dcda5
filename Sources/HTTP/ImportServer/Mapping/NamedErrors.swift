import ImportDomain

extension Endpoint.Call {
    /// Adds the call's name to errors, as calls about files and progress do.
    ///
    /// - Parameter name: `details` of the error.
    func naming<Result>(_ name: String, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch ImportError.rejected(let rejection) where rejection.reason == .operationNotFound {
            throw APIFailure.coded("Import Operation Not Found", "error-operation-not-found", details: name)
                .explaining(rejection)
        } catch ImportError.importerNotDefined(let key) {
            throw APIFailure.coded(
                "The importer (\(key.prefix(100))) has no import class defined.", "error-importer-not-defined",
                details: name)
        }
    }
}
