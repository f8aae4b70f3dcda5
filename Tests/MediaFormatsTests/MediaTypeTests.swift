import MediaFormats
import Testing

@Suite("Given a file and what it is said to be")
struct MediaTypeTests {
    @Test(
        arguments: [
            (Picture.png, "text/html", "image/png"), (Picture.jpeg, "image/png", "image/jpeg"),
            (Array("%PDF-1.7".utf8), nil, "application/pdf"), (Array("PK\u{3}\u{4}".utf8), nil, "application/zip"),
            (
                Array("PK\u{3}\u{4}".utf8), "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
            (Array("PK\u{3}\u{4}".utf8), "application/vnd.oasis.opendocument.x+xml", "application/zip"),
            (Array("ID3\u{4}".utf8), "application/octet-stream", "audio/mpeg"),
            ([0xff, 0xfb, 0x90, 0], nil, "audio/mpeg"),
            (Array("fLaC".utf8), nil, "audio/flac"), (Array("OggS".utf8), nil, "audio/ogg"),
            (Array("OggS".utf8), "video/ogg", "video/ogg"), (Array("RIFF0000WAVE".utf8), nil, "audio/wav"),
            (Array("RIFF0000AVI ".utf8), nil, "video/x-msvideo"), (Array("0000ftypisom".utf8), nil, "video/mp4"),
            (Array("0000ftypisom".utf8), "audio/mp4", "audio/mp4"), (Array("0000ftypM4A ".utf8), nil, "audio/mp4"),
            (Array("0000ftypqt  ".utf8), nil, "video/quicktime"), (Array("0000ftypheic".utf8), nil, "image/heic"),
            ([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84] + Array("webm".utf8), "audio/webm", "audio/webm"),
            ([0x1a, 0x45, 0xdf, 0xa3], nil, "video/x-matroska"), ([0x1f, 0x8b, 8], nil, "application/gzip"),
        ] as [([UInt8], String?, String)])
    func `when its bytes are conclusive, then they decide`(bytes: [UInt8], declared: String?, type: String) {
        #expect(MediaType(ofFileBeginning: bytes, declared: declared).description == type)
    }

    @Test(arguments: [
        ("a,b\n1,2", "text/csv", "text/csv"), ("hello ä", nil, "text/plain"), ("hello", "image/png", "text/plain"),
        ("{\"a\":1}", "application/json", "application/json"), ("x", "Text/Plain; charset=utf-8", "text/plain"),
        ("a < b", "text/markdown", "text/markdown"), ("x", "text/javascript", "text/plain"),
    ])
    func `when it is text, then it is text of the kind it is said to be`(text: String, declared: String?, type: String)
    {
        #expect(MediaType(ofFileBeginning: Array(text.utf8), declared: declared).description == type)
    }

    @Test(
        arguments: [
            "<!DOCTYPE html><p>", "  \n<HTML>", "<svg onload=alert(1)>", "<?xml version='1.0'?>",
            "x <script>alert(1)</script>",
            "\u{feff}<html>", "<!-- x --><b>",
        ], ["text/html", "image/svg+xml", "text/plain", "image/png", nil])
    func `when a browser would take it for a page, then nothing is said about it`(text: String, declared: String?) {
        let type = MediaType(ofFileBeginning: Array(text.utf8), declared: declared)

        #expect(type == .unknown)
        #expect(!type.isShownInPlace)
    }

    @Test(arguments: [
        ("application/x-tar", "application/x-tar"), ("Application/X-Tar; a=b", "application/x-tar"),
        ("audio/amr", "audio/amr"), ("image/svg+xml", "application/octet-stream"),
        ("text/html", "application/octet-stream"), ("application/xhtml+xml", "application/octet-stream"),
        ("image/png", "application/octet-stream"), ("video/mp4", "application/octet-stream"),
        ("application/javascript", "application/octet-stream"), ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"), ("a/b/c", "application/octet-stream"),
        ("x/y\r\nSet-Cookie: z", "application/octet-stream"), (nil, "application/octet-stream"),
        ("text/plain", "application/octet-stream"),
    ])
    func `when its bytes are inconclusive, then the declared type applies, unless it is dangerous`(
        declared: String?, type: String
    ) {
        #expect(MediaType(ofFileBeginning: [0, 1, 2, 3], declared: declared).description == type)
    }

    @Test(arguments: [
        (Picture.png, true), (Array("%PDF-".utf8), true), (Array("text".utf8), true), (Array("ID3".utf8), true),
        (Array("0000ftypisom".utf8), true), ([0, 1], false), (Array("PK\u{3}\u{4}".utf8), false), ([], false),
    ])
    func `when a browser is to show it, then only what it can show harmlessly is shown in place`(
        bytes: [UInt8], isShown: Bool
    ) {
        #expect(MediaType(ofFileBeginning: bytes, declared: nil).isShownInPlace == isShown)
    }

    @Test func `when a character is cut at the end of the prefix, then it is still text`() {
        let bytes = Array(String(repeating: "€", count: 400).utf8)

        #expect(MediaType(ofFileBeginning: bytes, declared: nil).description == "text/plain")
    }
}
