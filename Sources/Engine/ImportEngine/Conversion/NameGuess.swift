/// A full name for accounts of which only the username is known.
///
/// Source: Rocket.Chat: characters that are neither letters, digits nor `_` become spaces, and words begin in upper
/// case; `john.doe` gives `John Doe`, `jane_doe` gives `Jane_doe`. A username of which nothing would remain is the name:
/// a blank one could not be seen.
enum NameGuess {
    static func name(from username: String) -> String {
        var name = ""
        var startsWord = true
        for character in username {
            guard character.isLetter || character.isNumber || character == "_" else {
                name.append(" ")
                startsWord = true
                continue
            }
            name += startsWord ? character.uppercased() : String(character)
            startsWord = false
        }
        return name.allSatisfy { $0 == " " } ? username : name
    }
}
