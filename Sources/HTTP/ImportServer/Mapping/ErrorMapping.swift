import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import JSON
import Logging
import NIOCore
import NIOHTTP1
import WorkspaceServices

/// The one place where errors become status codes and bodies.
///
/// Source: docs/api.md, "Errors".
enum ErrorMapping {
    /// Logs an error of a response whose status was sent.
    static func log(_ error: any Error, logger: Logger) { _ = failure(for: error, logger: logger) }

    static func failure(for error: any Error, logger: Logger) -> APIFailure {
        switch error {
        case let failure as APIFailure: failure
        case let error as ImportError: failure(for: error, logger: logger)
        case let error as InvalidBody: failure(for: error)
        case let error as WorkspaceError: failure(for: error)
        case let error as StoreError: failure(for: error, logger: logger)
        case let error as FileStoreError: failure(for: error, logger: logger)
        case is HTTPParserError: .malformedRequest("The body breaks off, or its chunks are malformed")
        case is RequestTimeout: .requestTimeout
        case is IOError, is ChannelError: disconnected(error, logger: logger)
        case let error as any HTTPResponseError where error.status == .notFound: .notFound
        case let error as any HTTPResponseError where error.status == .contentTooLarge: .tooLarge
        case is CancellationError: cancelled(logger: logger)
        default: unexpected(error, logger: logger)
        }
    }

    private static func failure(for error: ImportError, logger: Logger) -> APIFailure {
        if case .addressRefused(_, let detail?) = error {
            logger.info("A forbidden address was rejected.", metadata: ["detail": "\(detail)"])
        }
        let text =
            switch error {
            // The documented text; `import` has the reason.
            case .rejected(let rejection): rejection.documentedText
            case .importerNotDefined: "error-importer-not-defined"
            case .addressRefused: "error-ssrf-validation-failed"
            case .missingUserData: "Users are missing required data."
            case .invalidRole: "One or more of the users have been assigned invalid roles."
            case .recordsNotStaged(let type, let field, let ids):
                "No staged \(type.wireName) has these import ids in selection.\(type.wireName)s.\(field): "
                    + "\(ids.joined(separator: ", ")). Take ids from import.records"
            case .recordsNotFailed(let ids):
                "These are not failed records of the import: \(ids.joined(separator: ", ")). Take ids from import.failures"
            case .recordsRepeated(let ids):
                "These records are corrected more than once: \(ids.joined(separator: ", ")). Send each once"
            case .intakeExpired:
                "The request took too long: part of it was purged, and nothing was staged. Send it again."
            case .operationNoLongerValid, .leaseLost: "The import operation is no longer valid."
            }
        var failure = APIFailure.plain(text)
        switch error {
        case .rejected(let rejection): failure = failure.explaining(rejection)
        case .addressRefused: failure.body.import = .init(code: error.code, field: "fileUrl")
        case .missingUserData(let index, let field):
            failure.body.import = .init(code: error.code, index: index, field: field)
        case .invalidRole(let index, let role):
            failure.body.import = .init(code: error.code, index: index, field: "roles", value: String(role.prefix(64)))
        case .recordsNotStaged(let type, let field, let ids):
            failure.body.import = .init(
                code: error.code, field: "selection.\(type.wireName)s.\(field)",
                value: String(ids.joined(separator: ", ").prefix(200)))
        case .recordsNotFailed(let ids), .recordsRepeated(let ids):
            failure.body.import = .init(code: error.code, field: "id", value: ids.joined(separator: ", "))
        case .intakeExpired: failure.body.import = .init(code: error.code)
        default: break
        }
        return failure
    }

    private static func failure(for error: InvalidBody) -> APIFailure {
        var messages: [String]
        let code: String
        switch error.reason {
        case .malformed(let malformed):
            if malformed.code == .elementTooLarge { return .tooLarge }
            // Rocket.Chat treats unreadable JSON as an empty object; the second sentence has the real error. The index
            // identifies a broken line; a body of lines has no required property.
            messages =
                (error.index == nil ? ["must have required property '\(error.field ?? "users")'"] : []) + [
                    malformed.description
                ]
            code = malformed.code.rawValue
        case .missingProperty(let name):
            messages = ["must have required property '\(name)'"]
            code = "missing-property"
        case .additionalProperty:
            messages = ["must NOT have additional properties"]
            code = "additional-property"
        case .notAllowed:
            messages = ["must be equal to one of the allowed values"]
            code = "not-allowed"
        case .wrongKind(let expected):
            messages = ["must be \(expected.rawValue)"]
            code = "wrong-kind"
        case .beyondLimit(let sentence):
            messages = [sentence]
            code = "beyond-limit"
        case .invalidTable(let sentence):
            messages = [sentence]
            code = "invalid-table"
        }
        if let line = error.line { messages[0] = "Line \(line): \(messages[0])" }
        var field = error.field
        if case .malformed = error.reason { field = nil }
        return .invalidBody(messages, import: .init(code: code, index: error.index, field: field))
    }

    private static func failure(for error: WorkspaceError) -> APIFailure {
        switch error {
        case .invalidCredentials: .authentication("Unauthorized")
        case .userNotActivated: .authentication("error-user-is-not-activated", message: "User is not activated")
        case .loginBlockedForUser:
            .authentication(
                "error-login-blocked-for-user",
                message: "Login has been temporarily blocked for this user. Try again in some minutes.")
        case .loginBlockedForAddress:
            .authentication(
                "error-login-blocked-for-ip",
                message: "Login has been temporarily blocked for this address. Try again in some minutes.")
        case .tooManySignIns: .tooManySignIns
        case .userNotFound:
            .coded(
                "The required \"userId\" or \"username\" param provided does not match any users", "error-invalid-user")
        case .roomNotFound: .roomNotFound("channel")
        case .roomNotAccessible: .plain("unauthorized", status: .forbidden)
        case .fileNotFound: .resourceNotFound
        case .messageNotFound: .coded("Invalid Message", "error-invalid-message")
        case .fieldUnavailable(let field, let value):
            .coded("\(value) is already in use :(", "error-field-unavailable", details: field)
        case .invalidValue("username", let reason):
            .coded(reason, "error-input-is-not-a-valid-field", details: "username")
        case .invalidValue("email", let reason): .coded(reason, "error-invalid-email", details: "email")
        case .invalidValue(_, let reason): .plain(reason)
        case .tokenExists: .coded("A token with this name already exists", "error-token-already-exists")
        case .tokenNotFound: .coded("Token does not exist", "error-token-does-not-exists")
        case .tooManyTokens:
            .coded(
                "The account has \(PersonalToken.perAccount) personal access tokens. Remove one first",
                "error-too-many-tokens")
        case .lastAdministrator:
            .coded("Leaving the app without an active administrator is not allowed", "error-action-not-allowed")
        case .lastPermissionHolder:
            .coded(
                "Leaving the app without an active account that can change permissions is not allowed",
                "error-action-not-allowed")
        case .notAllowed: .notAllowed
        case .invalidPermission:
            APIFailure(
                status: .badRequest, body: ErrorBody(error: "Invalid permission", errorType: "error-invalid-permission")
            )
        case .invalidRole:
            APIFailure(status: .badRequest, body: ErrorBody(error: "Invalid role", errorType: "error-invalid-role"))
        }
    }

    private static func failure(for error: StoreError, logger: Logger) -> APIFailure {
        logger.error("The store failed.", metadata: ["error": "\(error)", "code": "\(error.code)"])
        switch error {
        case .full: return storageFull
        case .unavailable, .refused:
            return .coded(
                "The server's database cannot be reached and nothing was stored. Send the request again later",
                "error-storage-unavailable", status: .serviceUnavailable)
        case .outcomeUnknown:
            return .coded(
                "The connection to the server's database broke, and whether the change was stored is not known yet. "
                    + "Look before you send the request again",
                "error-storage-outcome-unknown", status: .serviceUnavailable)
        default: return .plain("Internal server error", status: .internalServerError)
        }
    }

    private static let storageFull = APIFailure.coded(
        "The server's disk is full and nothing was stored. Free some space and send the request again",
        "error-storage-full", status: .init(code: 507, reasonPhrase: "Insufficient Storage"))

    private static func failure(for error: FileStoreError, logger: Logger) -> APIFailure {
        if error.code == .missing || error.code == .invalidID { return .resourceNotFound }
        logger.error("The file store failed.", metadata: ["error": "\(error.message)", "code": "\(error.code)"])
        switch error.code {
        case .diskFull: return storageFull
        case .refused, .failed:
            return .coded(
                "The server's files cannot be reached and nothing was stored. Its log says why. Send the request again "
                    + "later", "error-storage-unavailable", status: .serviceUnavailable)
        default: return .plain("Internal server error", status: .internalServerError)
        }
    }

    /// The client has disconnected, so nobody reads this.
    private static func disconnected(_ error: any Error, logger: Logger) -> APIFailure {
        logger.debug("The client closed the connection.", metadata: ["error": "\(error)"])
        return .malformedRequest("The body breaks off")
    }

    /// The server is stopping, or the client has disconnected and nobody reads this.
    private static func cancelled(logger: Logger) -> APIFailure {
        logger.info("A request was cancelled because the server is stopping or its client has disconnected.")
        return .stopping
    }

    private static func unexpected(_ error: any Error, logger: Logger) -> APIFailure {
        logger.error("Unexpected error while handling a request.", metadata: ["error": "\(error)"])
        return .plain("Internal server error", status: .internalServerError)
    }
}
