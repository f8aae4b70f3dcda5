import MediaFormats
import Testing

@Suite("Given a data address")
struct DataURITests {
    @Test(arguments: [
        ("data:image/png;base64,aGVsbG8=", "image/png", "hello"), ("data:;base64,aGVsbG8", nil, "hello"),
        ("DATA:Text/Plain;charset=utf-8;BASE64,aGVsbG8h", "text/plain", "hello!"), ("data:,a%20b", nil, "a b"),
        ("data:image/png;base64,aGVs\n bG8%3D", "image/png", "hello"), ("data:text/plain,a,b", "text/plain", "a,b"),
        ("data:image/png;base64,", "image/png", ""), ("data:,", nil, ""), ("data:base64,aGVs", "base64", "aGVs"),
    ])
    func `when it is well formed, then its type and content come out`(text: String, type: String?, content: String)
        throws
    {
        let address = try DataURI(text, maximumBytes: 100)

        #expect(address.mediaType == type)
        #expect(address.bytes == Array(content.utf8))
    }

    @Test(arguments: ["", "data", "data:", "data:image/png;base64", "http://x/,", "dat :,x"])
    func `when it is something else, then it is rejected`(text: String) {
        #expect(throws: DataURI.Failure.notDataURI) { try DataURI(text, maximumBytes: 100) }
    }

    @Test(arguments: [
        ("data:;base64,a", 14), ("data:;base64,aGVs!", 17), ("data:;base64,aG==aG==", 17), ("data:;base64,====", 13),
        ("data:;base64,aGVs=", 17), ("data:;base64,aGV==", 17), ("data:,%", 6), ("data:,%2", 6), ("data:,%zz", 6),
        ("data:;base64,aGV-", 16),
    ])
    func `when its content is damaged, then it is rejected where the damage is`(text: String, offset: Int) {
        #expect(throws: DataURI.Failure.malformed(offset: offset)) { try DataURI(text, maximumBytes: 100) }
    }

    @Test(arguments: ["data:;base64,aGVsbG8=", "data:,hello"])
    func `when it holds more than the limit, then it is rejected, and not before`(text: String) throws {
        let address = try DataURI(text, maximumBytes: 5)

        #expect(address.bytes.count == 5)
        #expect(throws: DataURI.Failure.tooLarge(limitBytes: 4)) { try DataURI(text, maximumBytes: 4) }
    }
}
