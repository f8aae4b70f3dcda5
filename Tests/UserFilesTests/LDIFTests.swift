import Foundation
import ImportAPI
import Testing
import UserFiles

@Suite("Given a directory in LDIF")
struct LDIFTests {
    @Test func `when entries are persons, then their attributes become users`() async throws {
        let photo = Data([0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 7, count: 200))
        let folded = photo.base64EncodedString().enumerated().reduce(into: "") { text, next in
            text += (next.offset > 0 && next.offset.isMultiple(of: 60) ? "\n " : "") + String(next.element)
        }
        let passes = try await Passes(
            """
            # a directory
            #  with a folded
              comment
            version: 1

            dn: uid=mara,ou=people,dc=example,dc=org
            objectClass: top
            objectClass: inetOrgPerson
            uid: mara
            cn: Mara V
            cn;lang-de: Mara Fau
            displayName:: TcOkcsOk
            mail: mara@exam
             ple.org
            mailAlternateAddress: MARA@example.org
            mailAlternateAddress: m@example.net
            title: Pilot
            entryUUID: 1a-b
            jpegPhoto:: \(folded)
            userPassword:: e1NTSEF9eA==
            labeledURI:< file:///etc/passwd

            dn: cn=crew,dc=example,dc=org
            objectClass: groupOfNames
            member: uid=mara,ou=people,dc=example,dc=org

            dn: CN=Odo,DC=example,DC=org
            changetype: add
            objectClass: user
            sAMAccountName: odo
            givenName: Odo
            sn: Quist
            proxyAddresses: smtp:second@example.org
            proxyAddresses: SMTP:first@example.org
            objectGUID:: /wAQ
            userAccountControl: 514

            """)

        #expect(passes.file.format == .ldif)
        #expect(
            passes.bodies == [
                body(
                    "mara", ["mara@example.org", "m@example.net"], ids: ["31612d62"], name: "Märä"
                ) {
                    $0.bio = "Pilot"
                    $0.avatarUrl = "data:image/jpeg;base64," + photo.base64EncodedString()
                },
                body("odo", ["first@example.org", "second@example.org"], ids: ["ff0010"], name: "Odo Quist") {
                    $0.deleted = true
                },
            ])
        #expect(passes.users.map(\.line).first == 6)
        #expect(
            passes.check.notices.map(\.code).sorted { $0.rawValue < $1.rawValue } == [
                .passwordIgnored, .recordIgnored, .valueIgnored,
            ])
        #expect(passes.check.notices.first { $0.code == .valueIgnored }?.field == "labeleduri")
    }

    @Test(arguments: [
        ("dn: x\nchangetype: modify\nreplace: mail\nmail: a@example.org\n-\n", "changetype"),
        ("dn: x\nuid:: ???\n", "uid"), ("dn: x\nuid mara\n", nil), ("uid: mara\n", "dn"),
        ("dn: x\nobjectClass: person\ncn: Nobody\n", "username"),
    ])
    func `when an entry is wrong, then it is reported and the others are read`(entry: String, field: String?)
        async throws
    {
        let passes = try await Passes("version: 1\n\n\(entry)\ndn: y\nuid: odo\n")

        #expect(passes.check.faults.map(\.field) == [field])
        #expect((3...5).contains(passes.check.faults.first?.line ?? 0))
        #expect(passes.bodies.map(\.username) == ["odo"])
    }

    @Test func `when lines end with CR LF and arrive in any chunks, then nothing changes`() async throws {
        let value = String(repeating: "x", count: 300_000)
        let passes = try await Passes("dn: x\r\nuid: mara\r\nlong: \(value)\r\n more\r\n\r\n\r\ndn: y\r\nuid: odo")

        #expect(passes.bodies.map(\.username) == ["mara", "odo"])
        #expect(passes.users.map(\.line) == [1, 7])
    }
}
