import ImportDomain
import SQL

/// Rows of `users`, `user_emails` and `user_import_ids`, each in the order of the table's random key, so that a page of
/// that index is visited once a batch.
struct StoredUserRows: UserRows {
    private let number: ImportNumber?
    private var accounts = KeyedRows(UserColumn.table)
    private var emails = KeyedRows(EmailColumn.table)
    private var importIDs = KeyedRows(UserImportIDColumn.table)
    private var count = 0

    init(by number: ImportNumber?) { self.number = number }

    /// The rows, table by table.
    var inserts: [BulkInsert] { [accounts.rows, emails.rows, importIDs.rows] }

    mutating func append(_ user: User) {
        let key = user.username.map(CaseFolding.key)
        accounts.append(UserColumn.Source(user: user, usernameKey: key, number: number), key: key ?? "", of: count)
        for (position, email) in user.emails.enumerated() {
            let key = CaseFolding.key(email.address)
            emails.append(
                EmailColumn.Source(key: key, user: user.id, position: position, email: email), key: key, of: count)
        }
        for (position, importID) in user.importIDs.enumerated() {
            importIDs.append(
                (importID.rawValue, user.id.rawValue, Int64(position), number), key: importID.rawValue, of: count)
        }
        count += 1
    }

    mutating func finish() {
        accounts.sort()
        emails.sort()
        importIDs.sort()
    }

    func selecting(_ isSelected: (Int) -> Bool, names: [Int: AccountName]) -> any UserRows {
        var selection = self
        selection.accounts = accounts.selecting(isSelected) { index, column in
            guard let name = names[index] else { return nil }
            return switch column {
            case .username: .optional(name.username)
            case .usernameKey: .optional(name.username.map(CaseFolding.key))
            case .name: .optional(name.name)
            default: nil
            }
        }
        selection.emails = emails.selecting(isSelected)
        selection.importIDs = importIDs.selecting(isSelected)
        return selection
    }
}

/// Rows of one table, with the keys by which they are sorted and the accounts to which they belong.
private struct KeyedRows<Column: TableColumn>: Sendable {
    private(set) var rows: BulkInsert
    private var keys: [String] = []
    private var owners: [Int] = []
    private let table: Table<Column>

    init(_ table: Table<Column>) {
        self.table = table
        rows = BulkInsert(into: table)
    }

    mutating func append(_ source: Column.Source, key: String, of owner: Int) {
        rows.append(source, of: table)
        keys.append(key)
        owners.append(owner)
    }

    /// What is sorted are small numbers, not whole rows. The keys are not needed any more.
    mutating func sort() {
        let keys = keys
        rows.sort(by: keys.indices.sorted { keys[$0] < keys[$1] })
        self.keys = []
    }

    func selecting(
        _ isSelected: (Int) -> Bool, replacing replacement: (Int, Column) -> SQLValue? = { _, _ in nil }
    ) -> Self {
        var selection = self
        selection.rows = rows.selecting {
            isSelected(owners[$0])
        } replacing: { row, column in
            replacement(owners[row], table.inserted[column])
        }
        return selection
    }
}
