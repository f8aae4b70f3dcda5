import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// `settings/<id>`.
enum SettingRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(ServerCalls.setting, access: .holders([.viewPrivilegedSetting])) { call, _ in
            let id = try call.context.parameters.require("id")
            guard let value = try await call.services.settings.value(of: id) else { throw APIFailure.settingNotFound }
            return Reply(SettingResponse(_id: id, value: JSONBody(value)))
        },
        Endpoint(ServerCalls.changeSetting, access: .holders([.editPrivilegedSetting])) { call, input in
            let id = try call.context.parameters.require("id")
            try await call.services.settings.set(try Setting.Value(try await input.body().value), of: id)
            return Reply(SuccessResponse())
        },
    ]
}

extension Setting.Value {
    fileprivate init(_ value: JSONBody) throws(APIFailure) {
        switch value {
        case .string(let text): self = .text(text)
        case .boolean(let flag): self = .flag(flag)
        case .integer(let number): self = .number(number)
        default: throw .invalidBody(["must be string, boolean or whole number"])
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
