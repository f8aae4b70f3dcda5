import Foundation
import ImportAPI
import ImportFixtures
import JSON
import RandomNumbers
import Testing

@testable import ImportServer

@Suite("Given the body of an upload that arrives in chunks")
struct UploadParserTests {
    /// The result of parsing a body.
    struct Outcome: Equatable {
        var file: [UInt8] = []
        var fields: UploadFields?
        var refusal: String?
    }

    private static func parse(_ pieces: [[UInt8]], with parser: any UploadParser) -> Outcome {
        var (parser, outcome) = (parser, Outcome())
        do throws(APIFailure) {
            for piece in pieces {
                let result = piece.withUnsafeBytes { bytes -> Result<Void, APIFailure> in
                    do throws(APIFailure) {
                        return .success(try parser.receive(bytes, into: &outcome.file))
                    } catch {
                        return .failure(error)
                    }
                }
                try result.get()
            }
            try parser.finish(into: &outcome.file)
            outcome.fields = parser.fields
        } catch {
            outcome.refusal = error.body.error
        }
        return outcome
    }

    private static func parse(_ json: String) -> Outcome { parse([Array(json.utf8)], with: JSONUploadParser()) }

    private static func cut(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
        var (pieces, rest) = ([[UInt8]](), bytes[...])
        let largest = [1, 3, 17, 200].randomElement(using: &generator) ?? 1
        while !rest.isEmpty {
            let length = Int.random(in: 1...largest, using: &generator)
            pieces.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }

    private static func json(content: String, more: String = "") -> String {
        #"{"binaryContent":"\#(content)","contentType":"text/csv","fileName":"a.csv","importerKey":"csv"\#(more)}"#
    }

    // MARK: JSON

    @Test(arguments: [
        ("", ""), ("aGk=", "hi"), ("aGk", "hi"), ("aGkh", "hi!"), ("aA==", "h"), ("aGkh aGkh", "hi!hi!"),
        (#"aGkh\r\naGkh\n"#, "hi!hi!"), (#"aGk\u003d"#, "hi"), (#"\u0061GkhaGk="#, "hi!hi"),
    ])
    func `when the base64 is written in an odd way, then the file is decoded`(content: String, file: String) {
        let outcome = Self.parse(Self.json(content: content))

        #expect(outcome.refusal == nil)
        #expect(String(decoding: outcome.file, as: UTF8.self) == file)
    }

    @Test(arguments: [#"++\/\/++//"#, "--__--__", "++//++//", #"\u002b+\u002F\u002f--__"#])
    func `when slashes are escaped or the other alphabet is used, then the bytes are the same`(content: String) {
        #expect(Self.parse(Self.json(content: content)).file == [0xFB, 0xEF, 0xFF, 0xFB, 0xEF, 0xFF])
    }

    @Test(arguments: [
        "a", "aGkha", "aGk==", "a=", "=", "aGk=aGkh", "aGk=a", "aG!h", "aGk\u{E9}", #"aGk\""#, #"aGk\\"#, #"\u0100"#,
        "data:text/csv;base64,aGkh", "aA=",
    ])
    func `when the base64 is invalid, then the upload is rejected`(content: String) {
        let outcome = Self.parse(Self.json(content: content))

        #expect(outcome.refusal?.hasPrefix("must match format \"base64\"\n Invalid base64 at byte ") == true)
    }

    @Test func `when members come in another order, then the upload is the same`() {
        let outcome = Self.parse(
            """
             {"importerKey" : "slack", "fileName": "Caf\\u00e9.zip" ,\n"binaryContent"\t:"aGkh","contentType":12.50}\r\n
            """)

        #expect(outcome.file == Array("hi!".utf8))
        #expect(outcome.fields == UploadFields(importerKey: "slack", fileName: "Café.zip", contentType: "12.5"))
    }

    @Test(arguments: [
        ("", "must have required property 'binaryContent' [invalid-params]"),
        ("{}", "must have required property 'binaryContent' [invalid-params]"),
        ("[]", "must be object [invalid-params]"),
        ("7", "must be object [invalid-params]"),
        (json(content: "aGkh", more: #","extra":1"#), "must NOT have additional properties [invalid-params]"),
        (
            #"{"binaryContent":"","contentType":"","fileName":""}"#,
            "must have required property 'importerKey' [invalid-params]"
        ),
        (#"{"binaryContent":7}"#, "must be string [invalid-params]"),
        (#"{"fileName":["a"]}"#, "must be string [invalid-params]"),
        (
            json(content: "aGkh", more: #","fileName":"b""#),
            #"Invalid JSON at byte 88: the key "fileName" appears twice in one object. [invalid-params]"#
        ),
        (
            json(content: "aGkh") + "x",
            #"Invalid JSON at byte 88: found "x" after the end of the value. [invalid-params]"#
        ),
        (
            "{\"binaryContent\":\"aG\nk=\"}",
            "must have required property 'contentType'\n Invalid JSON at byte 20: the control character 0x0A has to be escaped. [invalid-params]"
        ),
        (
            #"{"binaryContent":"aGk=""#,
            "must have required property 'contentType'\n Invalid JSON at byte 23: the text ends too early. [invalid-params]"
        ),
        (
            #"{"binaryContent":"aGk=",}"#,
            "must have required property 'contentType'\n Invalid JSON at byte 24: found \"}\" where it is not allowed. [invalid-params]"
        ),
        (
            #"{"fileName":nul}"#,
            "must have required property 'binaryContent'\n Invalid JSON at byte 15: the text ends too early. [invalid-params]"
        ),
        (
            #"{"fileName":"\ud800"}"#,
            "must have required property 'binaryContent'\n Invalid JSON at byte 13: an escape names half a surrogate pair. [invalid-params]"
        ),
    ])
    func `when the body has another shape, then the error states it`(body: String, refusal: String) {
        #expect(Self.parse(body).refusal == refusal)
    }

    @Test func `when a member other than the file is large, then the upload is rejected`() {
        let name = String(repeating: "x", count: 1 << 17)

        let outcome = Self.parse(#"{"fileName":"\#(name)"}"#)

        #expect(outcome.refusal == "Request body too large [error-request-too-large]")
    }

    @Test(arguments: 0..<60)
    func `when a JSON body is split anywhere, then the result is the same`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let file = (0..<Int.random(in: 0...700, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        var content = Data(file).base64EncodedString(
            options: Bool.random(using: &generator) ? [.lineLength76Characters] : [])
        content = content.replacing("\r\n", with: #"\r\n"#).replacing("/", with: #"\/"#)
        if (Int.random(in: 0..<4, using: &generator) == 0) { content += "?" }
        let body = Array(
            (Self.json(content: content) + ((Int.random(in: 0..<5, using: &generator) == 0) ? "}" : " ")).utf8)

        let whole = Self.parse([body], with: JSONUploadParser())
        let pieces = Self.parse(Self.cut(body, using: &generator), with: JSONUploadParser())

        #expect(pieces == whole)
        if whole.refusal == nil { #expect(whole.file == file) }
    }

    // MARK: Forms

    private static func form(_ file: [UInt8], boundary: String) -> [UInt8] {
        let head = """
            preamble\r\n--\(boundary)\r\nContent-Disposition: form-data; name="importerKey"\r\n\r\nslack\r\n--\(boundary)  \r\n\
            content-disposition: form-data; name="file"; filename="a \\"b\\" c.zip"\r\nContent-Type: application/zip\r\n\r\n
            """
        return Array(head.utf8) + file + Array("\r\n--\(boundary)--\r\nepilogue".utf8)
    }

    private static func multipart(_ boundary: String) throws(APIFailure) -> MultipartUploadParser {
        try MultipartUploadParser(contentType: "Multipart/Form-Data; charset=utf-8; boundary=\"\(boundary)\"")
    }

    @Test func `when a form is sent, then its file, names and media type are taken`() throws {
        let file = Array("\r\n--x\r\n--boundar\r\n\r\n--".utf8) + [0, 255, 13, 10]

        let outcome = Self.parse([Self.form(file, boundary: "boundary")], with: try Self.multipart("boundary"))

        #expect(outcome.refusal == nil)
        #expect(outcome.file == file)
        #expect(
            outcome.fields
                == UploadFields(importerKey: "slack", fileName: #"a "b" c.zip"#, contentType: "application/zip"))
    }

    @Test(arguments: 0..<60)
    func `when a form is split anywhere, then the result is the same`(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        // Few different bytes, so that beginnings of the boundary are frequent.
        let letters = Array("\r\n-b".utf8)
        let file = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
            letters.randomElement(using: &generator) ?? 0
        }
        let body = Self.form(file, boundary: "b-bb-x")

        let outcome = Self.parse(Self.cut(body, using: &generator), with: try Self.multipart("b-bb-x"))

        #expect(outcome.refusal == nil)
        #expect(outcome.file == file)
    }

    @Test(arguments: [
        ("--b\r\n\r\nx\r\n--b--", "must NOT have additional properties"),
        ("--b\r\nContent-Disposition: form-data; name=other\r\n\r\nx\r\n--b--", "must NOT have additional properties"),
        (
            "--b\r\nContent-Disposition: form-data; name=importerKey\r\n\r\nx\r\n--b--",
            "must have required property 'file'"
        ),
        (
            "--b\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--b--",
            "must have required property 'importerKey'"
        ),
        ("--b\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--b", "it ends before its last boundary"),
        ("--bxy", "something other than a line break follows a boundary"),
        ("nothing", "it ends before its last boundary"),
        (
            "--b\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=file\r\n\r\n",
            #"the part "file" appears twice"#
        ),
        ("--b\r\nX: " + String(repeating: "x", count: 20_000), "a part's header is too long"),
        (String(repeating: "x", count: 20_000), "it has no boundary"),
        (
            "--b\r\nContent-Disposition: form-data; name=fileName\r\n\r\n" + String(repeating: "x", count: 70_000),
            "Request body too large"
        ),
    ])
    func `when a form has another shape, then the error states it`(body: String, refusal: String) throws {
        let outcome = Self.parse([Array(body.utf8)], with: try Self.multipart("b"))

        #expect(outcome.refusal?.contains(refusal) == true, "\(outcome)")
    }

    @Test(arguments: ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""])
    func `when there is no boundary, then the form is rejected`(type: String) {
        #expect(throws: APIFailure.self) { try MultipartUploadParser(contentType: type) }
    }
}
