/// Why a workspace was not copied.
public enum WorkspaceCopyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The source has no tables of Ferry's.
    case sourceIsNoWorkspace
    /// The source's tables are older than this program; `missing` names the steps that they lack.
    case sourceIsOlder(missing: [String])
    /// The destination holds rows, or tables that are not Ferry's.
    case destinationIsNotEmpty(table: String)
    /// A table has other columns in one database than in the other.
    case tableDiffers(table: String)
    /// The destination rejected rows.
    case tableNotWritten(table: String, reason: String)
    /// What was read back from the destination is not what was read from the source.
    case tableNotVerified(table: String, sourceRows: Int, destinationRows: Int)

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .sourceIsNoWorkspace: "copy-source-no-workspace"
        case .sourceIsOlder: "copy-source-older"
        case .destinationIsNotEmpty: "copy-destination-not-empty"
        case .tableDiffers: "copy-table-differs"
        case .tableNotWritten: "copy-table-not-written"
        case .tableNotVerified: "copy-table-not-verified"
        }
    }

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .sourceIsNoWorkspace:
            "The source holds no workspace of Ferry. Check its address."
        case .sourceIsOlder(let missing):
            "The source was written by an older version of Ferry; its tables lack \(missing.joined(separator: ", ")). "
                + "Make a backup, start and stop `ferry serve` of this version on it once, and run the command again."
        case .destinationIsNotEmpty(let table):
            "The destination is not empty: its table \(table) is in use. Choose an empty database; nothing was changed."
        case .tableDiffers(let table):
            "The table \(table) has other columns in the source than in the destination. One of them was changed by "
                + "hand; restore it from a backup."
        case .tableNotWritten(let table, let reason):
            "The destination does not take the table \(table): \(reason)"
        case .tableNotVerified(let table, let sourceRows, let destinationRows):
            "The table \(table) is not in the destination as it is in the source (\(sourceRows) rows in the source, "
                + "\(destinationRows) in the destination"
                + (sourceRows == destinationRows ? ", with other contents" : "")
                + "). The destination cannot be used; run the command again, which starts over."
        }
    }
}
