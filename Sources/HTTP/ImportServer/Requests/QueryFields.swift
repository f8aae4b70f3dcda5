import Hummingbird
import ImportDomain
import JSON
import WorkspaceServices

/// The query parameters of a call.
struct QueryFields {
    private let values: [String: String]

    /// - Parameter names: the parameters that the call knows.
    /// - Throws: the refusal of any other parameter.
    init(_ request: Request, names: Set<String>) throws(APIFailure) {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            // `fields` is ignored rather than refused: old clients send it everywhere.
            guard name != "fields" || names.contains("fields") else { continue }
            guard names.contains(String(name)) else { throw .invalidQuery(["must NOT have additional properties"]) }
            values[String(name)] = String(value)
        }
        self.values = values
    }

    /// A parameter's text; nil when it is not there.
    func text(_ name: String) -> String? { values[name] }

    /// A parameter's whole number, not negative; nil when it is not there.
    func count(_ name: String) throws(APIFailure) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text) else { throw .invalidQuery(["must be number"]) }
        guard number >= 0 else { throw .invalidQuery(["must be >= 0"]) }
        return number
    }
}

/// The part of a list that a call asks for.
struct Page {
    static let names: Set<String> = ["offset", "count", "sort", "query"]
    /// An answer is made in memory, so even a call for everything gets no more than this.
    static let largest = 10_000

    let offset: Int
    let limit: Int

    init(_ query: QueryFields, settings: SettingService) async throws {
        guard query.text("query") == nil else {
            throw APIFailure.coded("The \"query\" parameter is not supported", "error-invalid-params")
        }
        offset = try query.count("offset") ?? 0
        let count = try query.count("count")
        let (standard, upper) = (
            try await Self.number(Settings.listCount, settings),
            try await Self.number(Settings.listCountLimit, settings)
        )
        if count == 0, case .flag(true) = try await settings.value(of: Settings.allowInfiniteCount.id) {
            limit = Self.largest
        } else {
            limit = min(count.flatMap { $0 == 0 ? nil : $0 } ?? standard, upper)
        }
    }

    private static func number(_ setting: SettingDefinition<Int>, _ settings: SettingService) async throws -> Int {
        guard case .number(let number) = try await settings.value(of: setting.id) else { return setting.defaultValue }
        return number
    }
}

extension UserOrder {
    /// The order that `sort` asks for, such as `{"name": -1}`; by username without it.
    init(sort: String?) throws(APIFailure) {
        guard let sort, !sort.isEmpty else {
            self.init(.username)
            return
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: sort)
        } catch {
            throw .coded("Invalid sort parameter provided: \"\(sort.prefix(64))\"", "error-invalid-sort")
        }
        guard case .object(let members) = value, let member = members.first,
            let key = Key(rawValue: member.key), case .number(let direction) = member.value
        else { throw .coded("Accounts are sorted by username, name or createdAt", "error-invalid-sort") }
        self.init(key, isDescending: direction.double < 0)
    }
}
