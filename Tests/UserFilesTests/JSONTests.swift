import ImportAPI
import Testing
import UserFiles

@Suite("Given a list of users in JSON")
struct JSONTests {
    private static let forms: [(text: String, format: UserFileFormat)] = [
        (#"[{"username":"mara","emails":["m@example.org"]},{"username":"odo"}]"#, .json),
        (
            #"{"x":[{"username":"no"}],"users":[{"username":"mara","email":"m@example.org"},{"username":"odo"}]}"#,
            .json
        ),
        (
            """
            {"username":"mara","emails":[{"address":"m@example.org","verified":true}]}

            {"username":"odo"}
            """, .jsonl
        ),
        (
            """
            {"type":"header","version":1}
            {"type":"user","data":{"username":"mara","emails":["m@example.org"]}}
            {"type":"channel","data":{"name":"quay"}}
            {"type":"user","data":{"username":"odo"}}
            """, .jsonl
        ),
    ]

    @Test(arguments: forms)
    func `when it has one of the known forms, then its users are read`(text: String, format: UserFileFormat)
        async throws
    {
        let passes = try await Passes(text)

        #expect(passes.file.format == format)
        #expect(
            passes.bodies == [body("mara", ["m@example.org"], ids: ["mara"]), body("odo", [], ids: ["odo"])])
        #expect(passes.check.invalid == 0)
    }

    @Test func `when a user has everything, then everything is read`() async throws {
        let passes = try await Passes(
            """
            [
              {"importIds": ["U1", 2], "username": " mara ", "emails": ["m@example.org"], "name": "Mara", "type": "bot",
               "nickname": "Mar", "utcOffset": 5.5, "avatarUrl": "https://example.org/a", "deleted": false,
               "statusText": "away", "roles": ["user"], "bio": "sails", "password": " secret ",
               "customFields": {"team": "Quay", "list": [1, 2.5, null, true]}, "matchedByUsername": false, "unknown": {}}
            ]
            """)

        #expect(
            passes.bodies == [
                body("mara", ["m@example.org"], ids: ["U1", "2"], name: "Mara") {
                    $0.type = "bot"
                    $0.nickname = "Mar"
                    $0.utcOffset = 5.5
                    $0.avatarUrl = "https://example.org/a"
                    $0.deleted = false
                    $0.statusText = "away"
                    $0.roles = ["user"]
                    $0.bio = "sails"
                    $0.password = " secret "
                    $0.customFields = .object([
                        "team": .string("Quay"), "list": .array([.integer(1), .number(2.5), .null, .boolean(true)]),
                    ])
                    $0.matchedByUsername = false
                }
            ])
        #expect(passes.check.notices.map(\.field) == ["unknown"])
        #expect(passes.users.map(\.line) == [2])
    }

    @Test func `when users are SCIM, then names of attributes ignore letter case`() async throws {
        let passes = try await Passes(
            """
            {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 2, "Resources": [
             {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "2819", "externalId": "701984",
              "USERNAME": "bjensen@example.com", "name": {"formatted": "", "givenName": "Barbara", "familyName": "Jensen"},
              "emails": [{"value": "b@example.com", "type": "home"}, {"value": "bj@example.com", "primary": true}],
              "active": false, "title": "Guide", "timezone": "Asia/Kolkata", "password": "t1meMa$heen",
              "photos": [{"value": "https://example.com/T", "type": "thumbnail"}, {"value": "https://example.com/F", "type": "photo"}],
              "roles": [{"value": "admin"}], "groups": []},
             {"userName": "odo", "id": "2820"}]}
            """)

        #expect(passes.file.format == .scim)
        #expect(
            passes.bodies == [
                body(
                    "bjensen", ["bj@example.com", "b@example.com"], ids: ["2819", "701984"], name: "Barbara Jensen"
                ) {
                    $0.deleted = true
                    $0.bio = "Guide"
                    $0.utcOffset = 5.5
                    $0.avatarUrl = "https://example.com/F"
                }, body("odo", [], ids: ["2820"]),
            ])
        #expect(passes.check.notices.contains { $0.code == .passwordIgnored })
        #expect(passes.check.notices.contains { $0.field == "roles" })
        #expect(passes.users.map(\.line) == [2, 8])
    }

    @Test func `when passwords of SCIM are asked for, then they are read`() async throws {
        var options = UserFileOptions()
        options.takesPasswords = true

        let passes = try await Passes(#"[{"userName":"mara","password":"secret"}]"#, options: options)

        #expect(passes.bodies.map(\.password) == ["secret"])
    }

    @Test func `when users are wrong, then each is reported with its line and field`() async throws {
        let passes = try await Passes(
            """
            [{"username": "mara"},
             {"username": ["x"]},
             {"emails": ["no address"]},

             {"name": "nobody"},
             {"username": "odo", "type": "app"},
             {"username": "ivo", "password": 12345},
             {"username": "ana", },
             7,
             {"username": "eva", "deleted": "perhaps"},
             {"username": "Mara"}]
            """)

        #expect(passes.check.faults.map(\.line) == [2, 3, 5, 6, 7, 8, 9, 10, 11])
        #expect(
            passes.check.faults.map(\.field) == [
                "username", "email", "username", "type", "password", nil, nil, "deleted", "username",
            ])
        #expect(!passes.check.faults.contains { $0.description.contains("12345") })
        #expect(passes.bodies.map(\.username) == ["mara"])
    }

    @Test func `when lines are wrong, then the others are read`() async throws {
        let passes = try await Passes(
            "{\"username\":\"mara\"}\n{\"username\":\n[]\n{\"username\":\"odo\"}\n{\"username\":\"iv")

        #expect(passes.check.faults.map(\.line) == [2, 3, 5])
        #expect(passes.bodies.map(\.username) == ["mara", "odo"])
    }

    private static let broken: [(text: String, code: UserFileError.Code?, users: Int)] = [
        ("[{\"username\":\"mara\"},{\"username\":\"od", nil, 1), ("", .empty, 0), ("[]", .empty, 0),
        ("{\"people\":[]}", .unrecognized, 0), ("7", .unknownHeader, 0),
        ("<!DOCTYPE html><html></html>", .unrecognized, 0), ("%PDF-1.4", .unrecognized, 0),
        ("PK\u{3}\u{4}", .damaged, 0),
    ]

    @Test(arguments: broken)
    func `when the file is cut off or something else, then it is an error`(
        text: String, code: UserFileError.Code?, users: Int
    ) async throws {
        do {
            let passes = try await Passes(text)

            #expect(code == nil)
            #expect(passes.check.users == users)
            #expect(passes.check.invalid > 0)
        } catch let error as UserFileError {
            #expect(error.code == code)
        }
    }
}
