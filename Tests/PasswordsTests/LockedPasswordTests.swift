import CCrypt
import ImportDomain
import Passwords
import SHA256
import Testing

@Suite("Given a locked password")
struct LockedPasswordTests {
    /// The last characters of a salt and of a digest whose spare bits are zero, as bcrypt writes them.
    private static let saltEnds: Set<Character> = [".", "O", "e", "u"]
    private static let digestEnds = Set(".CGKOSWaeimquy26")

    @Test func `when it is made, then it has the form of a hash`() throws {
        for _ in 0..<200 {
            let hash = LockedPassword.make()

            #expect(hash.wholeMatch(of: /\$2b\$10\$[.\/A-Za-z0-9]{53}/) != nil)
            #expect(crypt_checksalt(hash) == CRYPT_SALT_OK)
            let saltEnd = try #require(hash.dropFirst(28).first)
            #expect(Self.saltEnds.contains(saltEnd))
            let digestEnd = try #require(hash.last)
            #expect(digestEnd == User.lockedHashEnd && !Self.digestEnds.contains(digestEnd))
        }
    }

    @Test func `when a password is hashed, then the hash never ends like a locked one`() throws {
        for number in 0..<50 {
            let digestEnd = try #require(try Bcrypt.hash("\(number)", cost: 4).last)
            #expect(Self.digestEnds.contains(digestEnd))
        }
    }

    @Test func `when the C library hashes with it, then it keeps the salt and comes to another digest`() {
        let locked = LockedPassword.make(cost: 4)

        let hash = withUnsafeTemporaryAllocation(of: crypt_data.self, capacity: 1) { room in
            _ = UnsafeMutableRawBufferPointer(room).initializeMemory(as: UInt8.self, repeating: 0)
            let size = Int32(MemoryLayout<crypt_data>.size)
            return crypt_rn("password", locked, room.baseAddress, size).map { String(cString: $0) }
        }

        #expect(hash?.prefix(29) == locked.prefix(29))
        #expect(hash != locked)
    }

    @Test(arguments: ["", "password", SHA256Digest.hexadecimal(of: "password")])
    func `when a password is checked against it, then it does not match`(digest: String) {
        #expect(!Bcrypt.verify(digest, against: LockedPassword.make(cost: 4)))
        #expect(!Bcrypt.verify(LockedPassword.make(cost: 4), against: LockedPassword.make(cost: 4)))
    }

    @Test func `when many are made, then no two are alike`() {
        let hashes = Set((0..<1_000).map { _ in LockedPassword.make() })

        #expect(hashes.count == 1_000)
    }
}
