/// Words that stand for true and false in tables.
package enum FlagWord {
    /// The value of a word in lower case; nil for other words.
    package static func value(of word: String) -> Bool? {
        switch word {
        case "true", "yes", "y", "1", "x": true
        case "false", "no", "n", "0": false
        default: nil
        }
    }
}
