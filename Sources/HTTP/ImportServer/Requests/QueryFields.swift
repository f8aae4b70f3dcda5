import Hummingbird
import ImportDomain
import JSON
import WorkspaceServices

/// The query parameters of a call.
struct QueryFields {
    /// The most items of a list.
    static let largestList = 50

    private let values: [String: [String]]

    /// - Parameter names: the parameters that the call knows.
    /// - Throws: the refusal of any other parameter.
    init(_ request: Request, names: Set<String>) throws(APIFailure) {
        var values: [String: [String]] = [:]
        for (name, value) in request.uri.queryParameters {
            // `fields` is ignored rather than refused: old clients send it everywhere.
            guard name != "fields" || names.contains("fields") else { continue }
            guard names.contains(String(name)) else { throw .invalidQuery(["must NOT have additional properties"]) }
            values[String(name), default: []].append(String(value))
        }
        self.values = values
    }

    /// A parameter's text; nil when it is not there.
    func text(_ name: String) -> String? { values[name]?.last }

    /// A list of texts: given several times, with commas between, or as `name[]`; nil when it is not there.
    ///
    /// - Throws: the refusal of more than so many as a statement takes.
    func texts(_ name: String) throws(APIFailure) -> [String]? {
        guard let given = values[name] ?? values["\(name)[]"] else { return nil }
        let texts = given.flatMap { $0.split(separator: ",").map(String.init) }
        guard texts.count <= Self.largestList else {
            throw .invalidQuery(["must NOT have more than \(Self.largestList) items"])
        }
        return texts
    }

    /// A switch; nil when it is not there.
    func flag(_ name: String) throws(APIFailure) -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true"?, "1"?: return true
        case "false"?, "0"?, ""?: return false
        default: throw .invalidQuery(["must be boolean"])
        }
    }

    /// A moment in ISO 8601; nil when it is not there.
    func moment(_ name: String) throws(APIFailure) -> Timestamp? {
        guard let text = text(name), !text.isEmpty else { return nil }
        guard let moment = Timestamp(iso8601: text) else {
            throw .coded("The \"\(name)\" query parameter must be a valid date.", "error-\(name)-param-invalid")
        }
        return moment
    }

    /// A parameter's whole number, not negative; nil when it is not there.
    func count(_ name: String) throws(APIFailure) -> Int? {
        guard let text = text(name) else { return nil }
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
