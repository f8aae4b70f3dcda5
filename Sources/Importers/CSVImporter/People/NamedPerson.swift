/// Somebody whom a file names.
struct NamedPerson {
    /// Their import id: the username as `users.csv` spells it or, for people who are not in it, as the cell does.
    let importID: String
    /// A number that nobody else has, so that pairs and sets of people take little room.
    let number: UInt32
    /// Whether they are not in `users.csv` and are met for the first time.
    let isNewStranger: Bool
}
