import Passwords
import Testing

@Suite("Given bcrypt")
struct BcryptTests {
    /// Source: the published test vectors of crypt_blowfish (cost 5) and jBCrypt (cost 6).
    static let vectors = [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
        ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
        ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
    ]

    @Test(arguments: vectors, ["$2a$", "$2b$", "$2y$"])
    func `when a published vector is verified under any current prefix, then it matches`(
        vector: (text: String, hash: String), prefix: String
    ) {
        #expect(Bcrypt.verify(vector.text, against: prefix + vector.hash.dropFirst(4)))
    }

    @Test(arguments: vectors)
    func `when a published vector is verified with another text, then it does not match`(text: String, hash: String) {
        #expect(!Bcrypt.verify(text + "x", against: hash))
    }

    @Test(arguments: ["ordinary", "pässwörd🔑", String(repeating: "x", count: 72)])
    func `when a text is hashed, then the hash is well formed, verifies that text and no other`(text: String) throws {
        let hash = try Bcrypt.hash(text, cost: 4)

        #expect(hash.hasPrefix("$2b$04$"))
        #expect(hash.utf8.count == 60)
        #expect(Bcrypt.verify(text, against: hash))
        #expect(!Bcrypt.verify(String(text.dropLast()), against: hash))
    }

    @Test func `when a text is hashed twice, then the salts differ`() throws {
        let hashes = try (0..<2).map { _ in try Bcrypt.hash("same", cost: 4) }

        #expect(hashes[0].prefix(29) != hashes[1].prefix(29))
    }

    @Test(arguments: ["with\0NUL", String(repeating: "x", count: 73), String(repeating: "ä", count: 37)])
    func `when bcrypt would leave a part out, then the text is rejected`(text: String) throws {
        let hash = try Bcrypt.hash("with", cost: 4)

        #expect(throws: PasswordError.unusableText) { try Bcrypt.hash(text, cost: 4) }
        #expect(!Bcrypt.verify(text, against: hash))
    }

    @Test func `when a long text begins with a short one's 72 bytes, then it does not sign in`() throws {
        let hash = try Bcrypt.hash(String(repeating: "x", count: 72), cost: 4)

        #expect(!Bcrypt.verify(String(repeating: "x", count: 73), against: hash))
    }

    @Test(arguments: [Int.min, 0, 3, 32, Int.max])
    func `when the cost is out of range, then it is rejected`(cost: Int) {
        #expect(throws: PasswordError.costOutOfRange(cost)) { try Bcrypt.hash("text", cost: cost) }
    }

    @Test(arguments: [
        "", "*0", "plain", "$2b$",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCC!.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$+5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        // "U*U" under MD5, which the C library would verify.
        "$1$saltsalt$eCO9Xe85XuPs3sRCW8ErV1",
    ])
    func `when the stored text is not a bcrypt hash, then nothing matches it`(hash: String) {
        #expect(!Bcrypt.verify("U*U", against: hash))
    }
}
