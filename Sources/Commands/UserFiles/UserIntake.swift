/// Receives the users of one reading of a file, in the order of the file.
///
/// Each user, valid or not, has an ordinal: the same in every reading of the same file.
final class UserIntake {
    /// Different columns and keys come from the file, which could have a different one in each user.
    private static let maximumNotices = 100

    private let onUser: (_ ordinal: Int, UserDraft) throws -> Void
    private let onFault: (_ ordinal: Int, UserFault) throws -> Void
    /// How many users were received.
    private(set) var count = 0
    /// What the owner of the file should know.
    private(set) var notices: [UserNotice] = []

    init(
        onUser: @escaping (_ ordinal: Int, UserDraft) throws -> Void,
        onFault: @escaping (_ ordinal: Int, UserFault) throws -> Void = { _, _ in }
    ) {
        self.onUser = onUser
        self.onFault = onFault
    }

    /// Receives a user and validates it.
    func take(_ draft: UserDraft) throws {
        var draft = draft
        draft.complete()
        if let fault = draft.fault { return try reject(fault) }
        count += 1
        try onUser(count - 1, draft)
    }

    /// Receives a user that cannot be read.
    func reject(_ fault: UserFault) throws {
        count += 1
        try onFault(count - 1, fault)
    }

    /// Counts something that the owner should know, by its code and field.
    func note(_ code: UserNotice.Code, line: Int? = nil, field: String? = nil, count: Int = 1, _ message: String) {
        let field = field.map(UserFault.shown)
        if let index = notices.firstIndex(where: { $0.code == code && $0.field == field && $0.message == message }) {
            notices[index].count += count
        } else if notices.count < Self.maximumNotices {
            notices.append(UserNotice(code: code, line: line, field: field, count: count, message: message))
        }
    }
}
