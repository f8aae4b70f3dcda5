import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// The query parameters of a call, in the encoding of HTML forms.
///
/// Source: the URL standard, `application/x-www-form-urlencoded`.
struct QueryFields: FieldSource {
    /// The most items of a list.
    static let largestList = 50

    private let values: [String: [String]]

    /// - Parameter shape: the parameters of the call.
    /// - Throws: the error of an unknown or repeated parameter, and of text that cannot be decoded.
    init(_ request: Request, _ shape: FieldShape) throws(APIFailure) {
        let names = shape.parameterNames
        var values: [String: [String]] = [:]
        for part in (request.uri.query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(pair[0])
            // `fields` is ignored rather than rejected: old clients send it everywhere.
            guard name != "fields" else { continue }
            guard name != "query" || !names.contains("count") else {
                throw .coded("The \"query\" parameter is not supported", "error-invalid-params")
            }
            guard names.contains(name) else { throw .invalidQuery(["must NOT have additional properties"]) }
            values[name, default: []].append(pair.count == 2 ? try Self.decoded(pair[1]) : "")
        }
        for (name, given) in values where given.count > 1 {
            guard name.hasSuffix("[]") || names.contains("\(name)[]") else {
                throw .invalidQuery(["\"\(name)\" must be given only once"])
            }
        }
        self.values = values
    }

    /// - Throws: the error of an escape that is not two hexadecimal digits, and of bytes that are not UTF-8.
    private static func decoded(_ text: Substring.UTF8View) throws(APIFailure) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
                    throw .invalidQueryText("\"%\" must be followed by two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { throw .invalidQueryText("the character NUL is not allowed") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidQueryText("not UTF-8") }
        return text
    }

    /// A parameter's string; nil if it is absent.
    func text(_ name: String) -> String? { values[name]?.last }

    /// A list of strings: repeated, comma-separated, or as `name[]`; nil if it is absent.
    ///
    /// - Throws: the error of a list that is too long.
    func texts(_ name: String) throws(APIFailure) -> [String]? {
        let name = name.hasSuffix("[]") ? String(name.dropLast(2)) : name
        guard values[name] != nil || values["\(name)[]"] != nil else { return nil }
        let given = (values[name] ?? []) + (values["\(name)[]"] ?? [])
        let texts = given.flatMap { $0.split(separator: ",").map(String.init) }
        guard texts.count <= Self.largestList else {
            throw .invalidQuery(["must NOT have more than \(Self.largestList) items"])
        }
        return texts
    }

    /// A Boolean; nil if it is absent.
    func flag(_ name: String) throws(APIFailure) -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true"?, "True"?, "1"?: return true
        case "false"?, "False"?, "0"?, ""?: return false
        default: throw .invalidQuery(["must be boolean"])
        }
    }

    /// A parameter's whole number, not negative; nil if it is absent.
    func count(_ name: String) throws(APIFailure) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text) else { throw .invalidQuery(["must be number"]) }
        guard number >= 0 else { throw .invalidQuery(["must be >= 0"]) }
        return number
    }

    func value(_ name: String) -> JSONValue? { text(name).map(JSONValue.string) }
}

extension Timestamp {
    /// A parameter's date, with or without a time, in ISO 8601; nil when it is absent.
    init?(parameter name: String, _ text: String?) throws(APIFailure) {
        guard let text, !text.isEmpty else { return nil }
        guard let timestamp = Timestamp(iso8601: text) else {
            throw .coded("The \"\(name)\" query parameter must be a valid date.", "error-\(name)-param-invalid")
        }
        self = timestamp
    }
}

/// The requested page of a list.
struct Page {
    /// The most items of a page; a page also has a limit of bytes, see `LargeResponse`.
    static let largest = 10_000

    let offset: Int
    let limit: Int
    /// About how many stored bytes the items of the page may have.
    let bytes = LargeResponse.largestBytes

    init(_ query: some Paged, settings: SettingService) async throws {
        offset = query.offset ?? 0
        let count = query.count
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

extension APIFailure {
    /// The error of a query that is not encoded like a form.
    fileprivate static func invalidQueryText(_ reason: String) -> APIFailure {
        coded("Invalid query parameters: \(reason)", "error-invalid-params")
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit; nil for any other byte.
    fileprivate var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
