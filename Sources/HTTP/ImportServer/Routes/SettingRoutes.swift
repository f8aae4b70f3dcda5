import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// `settings/<id>`.
enum SettingRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/v1/settings/{id}", access: .holders([.viewPrivilegedSetting])) { call in
            let id = try call.context.parameters.require("id")
            guard let value = try await call.services.settings.value(of: id) else { throw APIFailure.settingNotFound }
            return JSONAnswer.response(SettingAnswer(_id: id, value: JSONBody(value)))
        },
        Endpoint(.post, "/api/v1/settings/{id}", access: .holders([.editPrivilegedSetting])) { call in
            let id = try call.context.parameters.require("id")
            let fields = try await BodyFields(call.request, required: ["value"])
            try await call.services.settings.set(try settingValue(fields), of: id)
            return JSONAnswer.response(SuccessAnswer())
        },
    ]

    private static func settingValue(_ fields: BodyFields) throws -> Setting.Value {
        switch fields.value("value") {
        case .string(let text)?: return .text(text)
        case .boolean(let flag)?: return .flag(flag)
        case .number(let number)?:
            if let number = number.integer { return .number(number) }
            fallthrough
        default: throw APIFailure.invalidBody(["must be string, boolean or whole number"])
        }
    }
}

extension APIFailure {
    fileprivate static let settingNotFound = coded("Ferry has no such setting", "error-invalid-setting")
}

extension JSONBody {
    fileprivate init(_ value: Setting.Value) {
        self =
            switch value {
            case .text(let text): .string(text)
            case .flag(let flag): .boolean(flag)
            case .number(let number): .integer(number)
            }
    }
}
