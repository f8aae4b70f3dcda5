internal import DelimitedText
internal import ExportFiles
internal import ImporterKit

/// What the columns of a table become.
public struct ColumnPlan: Sendable, CustomStringConvertible {
    /// Where a plan comes from.
    public enum Origin: String, Sendable {
        /// The titles of the first row are known.
        case titles
        /// The caller mapped columns.
        case given
        /// A file with the same first row was mapped before.
        case remembered
        /// There is no header: username, e-mail address, name.
        case positions
    }

    /// One column that is imported.
    public struct Assignment: Equatable, Sendable {
        /// The field, as in a mapping.
        public let field: String
        /// The title of the column, or its number if there is no header.
        public let title: String
    }

    /// Where the plan comes from.
    public let origin: Origin
    /// The mapping as text, if there is one.
    public let map: String?
    /// The columns that are imported, in the order of fields.
    public private(set) var assignments: [Assignment] = []
    /// The titles of columns that are not imported.
    public private(set) var ignoredTitles: [String] = []

    /// How many columns the table has.
    let count: Int
    /// How many fields a row must have.
    let minimumCount: Int
    /// The titles as they are compared, by which the header is remembered.
    let headerNames: [String]
    /// Whether the table is one of `import.failures`, whose cells are protected from being formulas.
    private(set) var isFailureTable = false
    /// The column of record types in such a table.
    private(set) var recordType: Int?
    /// Whether the table is Slack's member list, whose ids are those of Slack's exports.
    private(set) var isSlackList = false
    /// Whether usernames are addresses, of which the part before the `@` counts.
    private(set) var takesLocalPart = false
    /// The columns of each field, by `UserField.index`.
    private var columns: [[Int]] = Array(repeating: [], count: UserField.allCases.count)
    /// The columns of custom fields.
    private(set) var customFields: [(index: Int, key: String)] = []
    /// The column that says that passwords are hashes of another system, if there is one.
    private(set) var passwordHashKind: Int?

    /// The columns of a field.
    @inline(__always)
    func columns(_ field: UserField) -> [Int] { columns[field.index] }

    /// The first column of a field.
    @inline(__always)
    func column(_ field: UserField) -> Int? { columns[field.index].first }

    var hasHeader: Bool { origin != .positions }

    /// One line per field: the field and its column.
    public var description: String {
        assignments.map { "\($0.field) ← \($0.title)" }.joined(separator: "\n")
    }

    /// The plan of a table by its first row.
    ///
    /// - Parameters:
    ///   - map: the mapping, if there is one; its fields take precedence over titles.
    ///   - origin: where the mapping comes from.
    /// - Throws: `UserFileError` if the row has no column of usernames or addresses, or lacks a mapped column.
    init(firstRow row: borrowing DelimitedRow, map: String?, origin: Origin) throws {
        let header = HeaderRow(row)
        let names = Self.headerNames(header)
        headerNames = names
        count = header.count
        self.map = map
        if map == nil, Self.isUser(row), !names.contains(where: Self.identifies) {
            self.origin = .positions
            minimumCount = 3
            for (column, field) in [UserField.username, .email, .name].enumerated() {
                columns[field.index] = [column]
                assignments.append(Assignment(field: field.rawValue, title: "column \(column + 1)"))
            }
            return
        }
        self.origin = map == nil ? .titles : origin
        minimumCount = 1
        var used = try assign(try map.map { try ColumnMap($0) }, header, names)
        if header.index(of: UserColumnTitles.failureID) != nil,
            let type = header.index(of: UserColumnTitles.failureType)
        {
            isFailureTable = true
            recordType = type
            columns[UserField.matchedByUsername.index] =
                [header.index(of: UserColumnTitles.matchedByUsername)].compactMap { $0 }
            columns[UserField.customFields.index] =
                [header.index(of: UserColumnTitles.customFieldsObject)].compactMap { $0 }
            used.formUnion(header.columns(beginningWith: UserColumnTitles.failurePrefix).map(\.index))
            used.formUnion(columns[UserField.matchedByUsername.index] + columns[UserField.customFields.index])
            used.formUnion([header.index(of: "data")].compactMap { $0 })
        }
        guard !columns(.username).isEmpty || !columns(.email).isEmpty else { throw Self.unknown(header) }
        isSlackList =
            map == nil && !columns(.username).isEmpty
            && names.contains { ["billingactive", "has2fa", "hassso", "expirationtimestamp"].contains($0) }
        ignoredTitles = header.titles(besides: used)
        for field in UserField.allCases {
            for column in columns(field) {
                assignments.append(Assignment(field: field.rawValue, title: header.titles[column]))
            }
        }
        for custom in customFields {
            assignments.append(
                Assignment(
                    field: UserColumnTitles.customFieldPrefix + custom.key, title: header.titles[custom.index]))
        }
    }

    /// Assigns columns to fields, first those of the mapping.
    ///
    /// - Returns: the columns that have a meaning.
    private mutating func assign(_ map: ColumnMap?, _ header: HeaderRow, _ names: [String]) throws -> Set<Int> {
        var used: Set<Int> = []
        var mapped: Set<UserField> = []
        for entry in map?.entries ?? [] {
            if entry.key == nil { mapped.insert(entry.field) }
            guard !entry.title.isEmpty else { continue }
            let column = try Self.column(entry.title, of: header, names)
            used.insert(column)
            if let key = entry.key {
                customFields.append((column, key))
            } else if !columns[entry.field.index].contains(column) {
                columns[entry.field.index].append(column)
            }
        }
        // People who map a username column to addresses mean the part before the `@`.
        takesLocalPart = mapped.contains(.username)
        func free(_ titles: [String]) -> [Int] {
            titles.flatMap { title in names.indices.filter { names[$0] == title && !used.contains($0) } }
        }
        for field in UserField.allCases where !mapped.contains(field) {
            var found = free(field.titles)
            if !field.takesSeveralColumns || field == .username { found = Array(found.prefix(1)) }
            columns[field.index] = found
            if field == .username, let column = found.first {
                takesLocalPart = UserField.addressLikeUsernames.contains(names[column])
            }
            if field == .status, found.isEmpty, names.contains("userprincipalname") {
                // Entra's word for guests; elsewhere the column has anything.
                columns[field.index] = free(["usertype"])
            }
            if field != .nickname, field != .name { used.formUnion(columns[field.index]) }
        }
        // The first column of names is the name; a display name beside it is the nickname.
        if let name = column(.name), !mapped.contains(.nickname) {
            columns[UserField.nickname.index].removeAll { $0 == name }
        }
        if let nickname = column(.nickname) {
            let names = columns(.name)
            if names.count > 1 { columns[UserField.name.index] = names.filter { $0 != nickname } }
        }
        used.formUnion(columns(.name) + columns(.nickname))
        if !mapped.contains(.password), let kind = names.firstIndex(of: "passwordhashfunction") {
            passwordHashKind = kind
            used.insert(kind)
        }
        for custom in header.columns(beginningWith: UserColumnTitles.customFieldPrefix)
        where used.insert(custom.index).inserted {
            customFields.append((custom.index, custom.rest))
        }
        return used
    }

    /// The titles of a header as they are compared.
    static func headerNames(_ header: HeaderRow) -> [String] { header.titles.map(name(ofTitle:)) }

    /// A title as it is compared: without what Google writes in brackets behind it.
    private static func name(ofTitle title: String) -> String {
        guard title.last == "]", let bracket = title.firstIndex(of: "["), bracket != title.startIndex else {
            return HeaderRow.name(title)
        }
        return HeaderRow.name(String(title[..<bracket]))
    }

    private static func identifies(_ name: String) -> Bool {
        UserField.username.titles.contains(name) || UserField.email.titles.contains(name)
    }

    /// Whether a first row is a user: its second field is an address.
    private static func isUser(_ row: borrowing DelimitedRow) -> Bool {
        row.count > 2 && !row.hasSurplus(beyond: 3)
            && row.list(1).allSatisfy { $0.contains("@") && !$0.contains(" ") } && !row.trimmed(0).contains("@")
            && !row.list(1).isEmpty
    }

    private static func column(_ title: String, of header: HeaderRow, _ names: [String]) throws -> Int {
        if let column = header.titles.firstIndex(of: title) { return column }
        if let column = names.firstIndex(of: HeaderRow.name(title)) { return column }
        if let column = header.index(of: HeaderRow.name(title)) { return column }
        throw UserFileError(
            .unknownColumn,
            "The file has no column \"\(UserFault.shown(title))\". Its columns are: \(list(header)).",
            field: "map", value: title)
    }

    private static func unknown(_ header: HeaderRow) -> UserFileError {
        UserFileError(
            .unknownHeader,
            "No column of the first row is known to hold usernames or e-mail addresses. Its columns are: \(list(header)). "
                + "Say which ones do, for example --map username=\(UserFault.shown(header.titles.first ?? "login")),email=mail; "
                + "or name them username and email.", field: "header")
    }

    private static func list(_ header: HeaderRow) -> String {
        let titles = header.titles.filter { !$0.isEmpty }
        let shown = titles.prefix(20).map { UserFault.shown(String($0.prefix(40))) }.joined(separator: ", ")
        return titles.count > 20 ? shown + ", … (\(titles.count) columns)" : shown
    }
}
