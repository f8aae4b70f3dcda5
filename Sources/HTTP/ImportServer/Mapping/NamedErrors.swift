import ImportDomain

extension Endpoint.Call {
    /// Adds the call's name to errors, as calls about files and progress do.
    ///
    /// - Parameter name: `details` of the error.
    func naming<Result>(_ name: String, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch ImportError.operationNotFound {
            throw APIFailure.coded("Import Operation Not Found", "error-operation-not-found", details: name)
        } catch ImportError.invalidOperation {
            throw APIFailure.coded("Invalid Import Operation", "error-import-operation-invalid", details: name)
        } catch ImportError.importerNotDefined(let key) {
            throw APIFailure.coded(
                "The importer (\(key.prefix(100))) has no import class defined.", "error-importer-not-defined",
                details: name)
        }
    }
}
