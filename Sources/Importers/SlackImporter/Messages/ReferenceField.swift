internal import ImporterKit

/// Fields that name a person or a time inside the parts of a message.
enum ReferenceField: String, CaseIterable {
    case user, id, comment
    case time = "ts"
    case createdBy = "created_by"

    static let fields = FieldTable<ReferenceField>()
}
