import ImportDomain

/// Trouble that ends without a change to what is imported: a full disk, a database out of reach. However long it lasts,
/// work goes on afterwards.
enum PassingTrouble {
    /// Whether an error is of that kind.
    static func includes(_ error: any Error) -> Bool {
        switch error {
        case StoreError.full, StoreError.unavailable: true
        case let error as FileStoreError: error.code == .diskFull
        default: false
        }
    }
}
