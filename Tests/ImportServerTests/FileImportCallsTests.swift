import Foundation
import HTTPTypes
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing

@Suite("Given a server and an administrator who imports a file", .onEveryStore)
struct FileImportCallsTests {
    private static let people = """
        username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname
        ada,ada@example.com,Member,1,0,0,U1,Ada Lovelace,ada
        robot,robot@example.com,Bot,1,0,0,U2,Robot,robot
        gone,gone@example.com,Deactivated,1,0,0,U3,Gone,gone
        boss,admin@example.com,Member,1,0,0,U4,Boss,boss

        """

    /// Two users, four rooms and two messages between the users.
    private static let archive = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "CSVImporterTests/Fixtures/rocketchat/csv_import.zip")

    private static func body(_ file: Data, importer: String, name: String = "export") -> String {
        """
        {"binaryContent":"\(file.base64EncodedString())","contentType":"application/octet-stream",\
        "fileName":"\(name)","importerKey":"\(importer)"}
        """
    }

    private static func uploadPeople(to server: TestServer) async throws -> TestServer.Answer {
        try await server.post(
            "uploadImportFile", body(Data(people.utf8), importer: "slack-users", name: "people.csv"))
    }

    private static func uploadArchive(to server: TestServer) async throws {
        _ = try await server.post("uploadImportFile", body(Data(contentsOf: archive), importer: "csv"))
        _ = try await server.get("getImportFileData")
        while try await server.workspace.filePreparation().step() {}
    }

    @Test func `when a file is uploaded, read, chosen from and imported, then every response is as documented`()
        async throws
    {
        try await TestServer.with { server in
            #expect(try await Self.uploadPeople(to: server).body == #"{"success":true}"#)
            let loaded = try await server.get("getCurrentImportOperation").json["operation"]
            #expect(loaded?["status"] == .string("importer_file_loaded"))
            #expect(loaded?["file"] == .string("people.csv"))
            #expect(loaded?["contentType"] == .string("application/octet-stream"))
            #expect(loaded?["messagesstatus"] == .null)
            #expect(loaded?["importerKey"] == .string("slack-users"))

            #expect(try await server.get("getImportFileData").body == #"{"success":true,"waiting":true}"#)
            #expect(try await server.get("import.status").json["state"] == .string("loading"))
            while try await server.workspace.filePreparation().step() {}

            #expect(
                try await server.get("getImportFileData").body == """
                    {"channels":[],"contacts":[],"message_count":0,"name":"Slack_Users","success":true,"users":[\
                    {"do_import":true,"email":"ada@example.com","is_bot":false,"is_deleted":false,\
                    "is_email_taken":false,"user_id":"U1","username":"ada"},\
                    {"do_import":true,"email":"robot@example.com","is_bot":true,"is_deleted":false,\
                    "is_email_taken":false,"user_id":"U2","username":"robot"},\
                    {"do_import":true,"email":"gone@example.com","is_bot":false,"is_deleted":true,\
                    "is_email_taken":false,"user_id":"U3","username":"gone"},\
                    {"do_import":true,"email":"admin@example.com","is_bot":false,"is_deleted":false,\
                    "is_email_taken":true,"user_id":"U4","username":"boss"}]}
                    """)
            let start = try await server.post(
                "startImport", #"{"input":{"users":{"all":"false","list":["U1"]}}}"#)
            #expect(start.body == #"{"success":true}"#)
            try await server.workspace.finish()

            let count = try await server.get("import.status").json["operation"]?["count"]
            #expect(count?["completed"]?.serialized() == "1")
            #expect(count?["skipped"]?.serialized() == "3")
            #expect(try await server.workspace.user("ada") != nil)
            #expect(try await server.workspace.user("robot") == nil)
        }
    }

    @Test func `when a small file is read while the call waits, then the selection is returned at once`() async throws {
        try await TestServer.with(previewPatience: .seconds(60)) { server in
            _ = try await Self.uploadPeople(to: server)
            let worker = try server.workspace.filePreparation()

            async let answer = server.get("getImportFileData")
            while try await server.workspace.current().phase != .ready { _ = try await worker.step() }

            #expect(try await answer.json["users"]?.elements.count == 4)
        }
    }

    @Test func `when direct rooms are staged, then one entry represents all of them`() async throws {
        try await TestServer.with { server in
            try await Self.uploadArchive(to: server)

            let selection = try await server.get("getImportFileData").json

            let channels = selection["channels"]?.elements ?? []
            #expect(channels.count == 5)
            #expect(
                channels.last?.serialized() == """
                    {"channel_id":"__directMessages__","do_import":true,"is_archived":false,"is_direct":true,\
                    "is_private":true,"name":"Direct Messages"}
                    """)
            #expect(channels.filter { $0["is_direct"] == .boolean(true) }.count == 1)
            #expect(channels.first?["creator"] == .string("billy.bob"))
            #expect(selection["message_count"]?.serialized() == "2")
            #expect(selection["users"]?.elements.count == 2)
        }
    }

    private static let oldForm = """
        {"input":{"users":[{"user_id":"billy.bob","username":"billy.bob","email":null,"is_deleted":false,\
        "is_bot":false,"is_email_taken":false,"do_import":true},{"user_id":"billy.joe","do_import":"false"}],\
        "channels":[{"channel_id":"ROOM","name":"imported-csv-channel","do_import":1}]}}
        """
    private static let newForm = """
        {"input":{"users":{"list":["billy.bob"]},"channels":{"all":false,"list":["ROOM"]},\
        "contacts":{"all":true,"list":[]},"more":[1]}}
        """

    @Test(arguments: [oldForm, newForm])
    func `when a part is chosen in either form, then that part is imported`(form: String) async throws {
        try await TestServer.with { server in
            try await Self.uploadArchive(to: server)

            let channels = try await server.get("getImportFileData").json["channels"]?.elements ?? []
            let room = channels.first { $0["name"] == .string("imported-csv-channel") }?["channel_id"]?.text

            let answer = try await server.post("startImport", form.replacing("ROOM", with: try #require(room)))
            try await server.workspace.finish()

            #expect(answer.body == #"{"success":true}"#)
            #expect(try await server.workspace.user("billy.bob") != nil)
            #expect(try await server.workspace.user("billy.joe") == nil)
            let rooms = try await server.get("channels.list").json["channels"]?.elements.compactMap { $0["name"]?.text }
            #expect(rooms == ["general", "imported-csv-channel"])
        }
    }

    @Test(arguments: [
        ("", "must have required property 'input'"), ("{}", "must have required property 'input'"),
        ("[]", "must be object"), (#"{"input":[]}"#, "must be object"),
        (#"{"input":{},"users":[]}"#, "must NOT have additional properties"),
        (#"{"input":{"users":7}}"#, "must be object"),
        (#"{"input":{"users":{"all":"maybe"}}}"#, "must be boolean"),
        (#"{"input":{"users":{"list":{}}}}"#, "must be array"),
        (#"{"input":{"users":{"list":[[]]}}}"#, "must be string"),
        (#"{"input":{"users":[{"do_import":true}]}}"#, "must have required property 'user_id'"),
        (#"{"input":{"channels":[{"channel_id":"x"}]}}"#, "must have required property 'do_import'"),
        (#"{"input":{"users":{"all":true}"#, "Invalid JSON at byte 30"),
    ])
    func `when the body of a start has another shape, then the error states it`(body: String, refusal: String)
        async throws
    {
        try await TestServer.with { server in
            let answer = try await server.post("startImport", body)

            #expect(answer.status == 400)
            #expect(answer.json["error"]?.text?.hasPrefix(refusal) == true, "\(answer.body)")
            #expect(answer.json["errorType"] == .string("invalid-params"))
        }
    }

    @Test func `when no operation can be started, then the error names the call`() async throws {
        try await TestServer.with { server in
            let none = try await server.post("startImport", #"{"input":{}}"#)
            _ = try await server.post("import.new")
            let fresh = try await server.post("startImport", #"{"input":{}}"#)

            #expect(none.json["details"] == .string("startImport"))
            #expect(none.json["error"] == .string("Import Operation Not Found [error-operation-not-found]"))
            #expect(none.json["errorType"] == .string("error-operation-not-found"))
            #expect(fresh.json["error"] == .string("error-invalid-operation-status"))
            #expect(
                fresh.json["import"]?["message"]
                    == .string(
                        "The import has no records yet, so it cannot be started. Next: import.addUsers, or import.cancel."
                    ))
        }
    }

    @Test func `when the content of no valid file is asked for, then the error names the call`() async throws {
        try await TestServer.with { server in
            let none = try await server.get("getImportFileData")
            _ = try await Self.uploadPeople(to: server)
            _ = try await server.get("getImportFileData")
            _ = try await server.post("import.clear")
            let cleared = try await server.get("getImportFileData")

            #expect(none.json["details"] == .string("getImportFileData"))
            #expect(none.json["errorType"] == .string("error-operation-not-found"))
            #expect(cleared.json["users"]?.elements.isEmpty == true)
        }
    }

    @Test func `when the importer is unknown, then nothing is stored and the error names the call`() async throws {
        try await TestServer.with { server in
            let upload = try await server.post("uploadImportFile", Self.body(Data("x".utf8), importer: "hipchat"))
            let download = try await server.post(
                "downloadPublicImportFile", #"{"fileUrl":"https://example.com/a.zip","importerKey":"api"}"#)

            #expect(
                upload.body == """
                    {"details":"uploadImportFile","error":"The importer (hipchat) has no import class defined. \
                    [error-importer-not-defined]","errorType":"error-importer-not-defined","success":false}
                    """)
            #expect(download.status == 400)
            #expect(download.json["details"] == .string("downloadImportFile"))
            #expect(try await server.get("import.status").json["state"] == .string("none"))
            let imports = try await server.workspace.environment.files.removeLeftovers(olderThan: .zero)
            #expect(imports == 0)
        }
    }

    @Test func `when a form is sent, then its file becomes an operation`() async throws {
        try await TestServer.with { server in
            let body = """
                --x\r\nContent-Disposition: form-data; name="importerKey"\r\n\r\nslack-users\r\n--x\r\n\
                Content-Disposition: form-data; name="file"; filename="team.csv"\r\nContent-Type: text/csv\r\n\r\n\
                \(Self.people)\r\n--x--\r\n
                """

            let answer = try await server.call(
                .post, "uploadImportFile", body: body, type: "multipart/form-data; boundary=x",
                as: server.administrator)

            #expect(answer.body == #"{"success":true}"#)
            let file = try await server.workspace.current().file
            #expect(file?.name == "team.csv")
            #expect(file?.contentType == "text/csv")
        }
    }

    @Test(arguments: ["/etc/passwd", "file:///etc/passwd", "ftp://example.com/a", ""])
    func `when no web address is given, then the file counts as missing`(url: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "downloadPublicImportFile", #"{"fileUrl":"\#(url)","importerKey":"slack"}"#)

            #expect(answer.status == 400)
            #expect(answer.json["error"] == .string("\(url) [error-import-file-missing]"))
            #expect(answer.json["errorType"] == .string("error-import-file-missing"))
            #expect(answer.json["details"] == .string("downloadPublicImportFile"))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080/a.zip", "remote-file-address-refused"),
        ("http://169.254.169.254/latest?key=secret", "remote-file-address-refused"),
        ("https://user:secret@example.com/a.zip", "remote-file-credentials-refused"),
        ("https://user:secret@example.com", "remote-file-credentials-refused"),
    ])
    func `when the address is forbidden, then it is rejected at once, and the operation reports why`(
        url: String, code: String
    ) async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "downloadPublicImportFile", #"{"fileUrl":"\#(url)","importerKey":"slack"}"#)

            #expect(answer.status == 400)
            #expect(
                answer.body == """
                    {"error":"error-ssrf-validation-failed","import":{"code":"\(code)","field":"fileUrl"},\
                    "success":false}
                    """)
            let status = try await server.get("import.status")
            #expect(status.json["operation"]?["status"] == .string("importer_import_failed"))
            #expect(status.json["operation"]?["failure"]?["code"] == .string("importer-file-download-failed"))
            #expect(!status.body.contains("secret"))
        }
    }

    @Test func `when a web address is given, then the file is to be fetched`() async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "downloadPublicImportFile",
                #"{"fileUrl":"https://example.com/exports/team.zip?key=secret","importerKey":"slack"}"#)

            #expect(answer.body == #"{"success":true}"#)
            let operation = try await server.get("getCurrentImportOperation")
            #expect(operation.json["operation"]?["status"] == .string("importer_downloading_file"))
            #expect(operation.json["operation"]?["file"] == .string("team.zip"))
            #expect(!operation.body.contains("secret"))
            #expect(try await server.get("getImportFileData").json["waiting"] == .boolean(true))
        }
    }

    @Test func `when a file is unreadable, then the operation reports why`() async throws {
        try await TestServer.with { server in
            _ = try await server.post("uploadImportFile", Self.body(Data("no zip".utf8), importer: "slack"))
            _ = try await server.get("getImportFileData")
            while try await server.workspace.filePreparation().step() {}

            let operation = try await server.get("import.status").json["operation"]
            #expect(operation?["status"] == .string("importer_import_failed"))
            #expect(operation?["failure"]?["code"]?.text?.hasPrefix("importer-file-") == true)
            #expect(operation?["failure"]?["message"]?.text?.isEmpty == false)

            let start = try await server.post("startImport", #"{"input":{"users":{"all":true}}}"#)
            let data = try await server.get("getImportFileData")
            #expect(start.json["error"] == .string("error-invalid-operation-status"))
            #expect(data.json["errorType"] == .string("error-import-operation-invalid"))
            for answer in [start, data] {
                #expect(answer.status == 400)
                #expect(answer.json["import"]?["code"] == operation?["failure"]?["code"])
                #expect(answer.json["import"]?["message"] == operation?["failure"]?["message"])
            }
        }
    }

    @Test(arguments: [("downloadPendingFiles", "Pending Files"), ("downloadPendingAvatars", "Pending Avatars")])
    func `when there never was an operation, then pending downloads leave a finished one`(
        call: String, name: String
    ) async throws {
        try await TestServer.with { server in
            #expect(try await server.post(call).body == #"{"count":0,"success":true}"#)

            let progress = try await server.get("getImportProgress")
            let data = try await server.get("getImportFileData")
            #expect(progress.status == 200)
            #expect(progress.json["name"] == .string(name))
            #expect(progress.json["step"] == .string("importer_done"))
            #expect(data.json["users"]?.elements.isEmpty == true)
            #expect(try await server.get("importers.list").body.contains("pending") == false)

            // Another operation would end the current one.
            let first = try await server.get("getCurrentImportOperation").body
            _ = try await server.post("downloadPendingFiles")
            #expect(try await server.get("getCurrentImportOperation").body == first)
        }
    }

    @Test func `when something was noticed in the file, then it is listed with totals`() async throws {
        try await TestServer.with { server in
            #expect(
                try await server.get("import.findings").body
                    == #"{"count":0,"findings":[],"offset":0,"success":true,"total":0,"totals":[]}"#)
            let operation = try await server.workspace.engine.operations.create(by: UserID("nobody"))
            try await server.workspace.store.write { transaction in
                try transaction.findings.add(
                    [
                        ImportFinding(.info, .recordIgnored, count: 7, message: "Left out."),
                        ImportFinding(
                            .error, .rowInvalid, entry: "users.csv", position: 3, field: "email", value: "x",
                            message: "No address."),
                    ], to: operation.id, limitPerCode: 10)
            }

            let page = try await server.get("import.findings?count=1")

            #expect(
                page.body == """
                    {"count":1,"findings":[{"code":"importer-row-invalid","count":1,"entry":"users.csv",\
                    "field":"email","message":"No address.","position":3,"severity":"error","value":"x"}],\
                    "offset":0,"success":true,"total":2,"totals":[{"code":"importer-row-invalid","elements":1,\
                    "findings":1,"severity":"error"},{"code":"importer-record-ignored","elements":7,"findings":1,\
                    "severity":"info"}]}
                    """)
        }
    }

    @Test func `when pending avatars and files are requested, then their number is returned`() async throws {
        try await TestServer.with { server in
            try await server.workspace.importing([
                StagedUser("ada", more: [#""avatarUrl": "https://example.com/ada.png""#]), StagedUser("bob"),
            ])

            #expect(try await server.post("downloadPendingAvatars").body == #"{"count":1,"success":true}"#)
            #expect(try await server.post("downloadPendingAvatars", "{}").body == #"{"count":1,"success":true}"#)
            #expect(try await server.post("downloadPendingFiles", "{}").body == #"{"count":0,"success":true}"#)
            #expect(try await server.post("downloadPendingFiles", #"{"a":1}"#).status == 400)
            #expect(try await server.get("import.status").json["state"] == .string("done"))
        }
    }

    @Test(arguments: [
        ("POST", "uploadImportFile"), ("POST", "downloadPublicImportFile"), ("GET", "getImportFileData"),
        ("POST", "startImport"), ("POST", "downloadPendingFiles"), ("POST", "downloadPendingAvatars"),
        ("GET", "import.findings"),
    ])
    func `when somebody without the permission calls, then they are rejected`(method: String, path: String) async throws
    {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            let method = try #require(HTTPRequest.Method(method))

            #expect(try await server.call(method, path, as: plain).status == 403)
            #expect(try await server.call(method, path, as: nil).status == 401)
        }
    }
}
