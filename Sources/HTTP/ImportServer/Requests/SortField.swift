import ImportDomain
import JSON

/// The order that `sort` asks for: a JSON object of one field, such as `{"name": -1}`.
struct SortField {
    let key: String
    let isDescending: Bool

    /// - Parameter expectation: the allowed fields, for the error text.
    /// - Throws: the error of a text of another form.
    init?(_ sort: String?, expectation: String) throws(APIFailure) {
        guard let sort, !sort.isEmpty else { return nil }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: sort)
        } catch {
            throw .coded("Invalid sort parameter provided: \"\(sort.prefix(64))\"", "error-invalid-sort")
        }
        guard case .object(let members) = value, let member = members.first, case .number(let direction) = member.value
        else { throw .coded(expectation, "error-invalid-sort") }
        guard members.count == 1 else { throw .coded("Lists are sorted by one field", "error-invalid-sort") }
        key = member.key
        isDescending = direction.double < 0
    }
}

extension UserOrder {
    /// The order that `sort` asks for; by username without it.
    init(sort: String?) throws(APIFailure) {
        let expectation = "Accounts are sorted by username, name or createdAt"
        guard let field = try SortField(sort, expectation: expectation) else {
            self.init(.username)
            return
        }
        guard let key = Key(rawValue: field.key) else { throw .coded(expectation, "error-invalid-sort") }
        self.init(key, isDescending: field.isDescending)
    }
}

extension RoomOrder {
    /// The order that `sort` asks for; the given one without it.
    init(sort: String?, otherwise standard: RoomOrder) throws(APIFailure) {
        let expectation = "Rooms are sorted by name, lm, msgs, usersCount or ts"
        guard let field = try SortField(sort, expectation: expectation) else {
            self = standard
            return
        }
        let key: Key
        switch field.key {
        case "name", "fname": key = .name
        case "lm": key = .lastMessage
        case "msgs": key = .messageCount
        case "usersCount": key = .memberCount
        case "ts": key = .createdAt
        default: throw .coded(expectation, "error-invalid-sort")
        }
        self.init(key, isDescending: field.isDescending)
    }
}

extension MessageOrder {
    /// The order that `sort` asks for; the given one without it.
    init(sort: String?, otherwise standard: MessageOrder = .newestFirst) throws(APIFailure) {
        let expectation = "Messages are sorted by ts"
        guard let field = try SortField(sort, expectation: expectation) else {
            self = standard
            return
        }
        guard field.key == "ts" else { throw .coded(expectation, "error-invalid-sort") }
        self = field.isDescending ? .newestFirst : .oldestFirst
    }
}
