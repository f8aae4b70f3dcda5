import JSON
import Testing

@Suite("Given a limit of 20 bytes for an element")
struct SplitterLimitTests {
    private let limits = JSONLimits(maximumElementBytes: 20)

    @Test(arguments: ["\"%\"", "[\"%\"]", "{\"a\":\"%\"}", "1%"])
    func `when an element is as large, then it is handed out, and one byte more is rejected`(form: String) {
        let padding = String(repeating: "1", count: 21 - form.utf8.count)
        let parts = form.split(separator: "%", omittingEmptySubsequences: false)
        let fitting = parts.joined(separator: padding)
        let tooLarge = parts.joined(separator: padding + "1")

        for chunkSize in 1...40 {
            for (before, after) in [("{\"a\":[", ",1]}"), ("{\"a\":[", "]}"), ("{\"a\":[ ", " ]}")] {
                let offset = before.utf8.count
                let whole = Splitting(before + fitting + after, chunkSize: chunkSize, limits: limits)
                let refused = Splitting(before + tooLarge + after, chunkSize: chunkSize, limits: limits)
                #expect(whole.refusal == nil)
                #expect(whole.events.dropFirst(2).first == .element(fitting, offset: offset))
                #expect(refused.refusal == JSONError(code: .elementTooLarge, offset: offset, detail: "20"))
                #expect(refused.events.count == 2)
            }
            if form.first == "[" { continue }
            let refused = Splitting("{\"a\":" + tooLarge + "}", chunkSize: chunkSize, limits: limits)
            #expect(refused.refusal == JSONError(code: .elementTooLarge, offset: 5, detail: "20"))
        }
    }

    @Test
    func `when an element never ends, then it is rejected as soon as the limit is passed`() throws {
        var splitter = JSONElementSplitter(limits: limits)
        var fedBytes = 0

        let refusal = jsonError {
            let text = Array("{\"a\":[\"".utf8) + [UInt8](repeating: 0x78, count: 1000)
            try inChunks(text, of: 1) { chunk in
                fedBytes += 1
                try splitter.feed(chunk) { _ in }
            }
        }

        #expect(refusal?.code == .elementTooLarge)
        #expect(fedBytes == 6 + 21)
    }

    @Test
    func `when a text or number at the root is larger, then it is rejected, but an array is skipped`() {
        let long = String(repeating: "1", count: 100)
        for chunkSize in [1, 7, 200] {
            #expect(Splitting(long, chunkSize: chunkSize, limits: limits).refusal?.code == .elementTooLarge)
            #expect(Splitting("\"\(long)\"", chunkSize: chunkSize, limits: limits).refusal?.code == .elementTooLarge)
            #expect(Splitting("[\"\(long)\"]", chunkSize: chunkSize, limits: limits).refusal == nil)
        }
    }

    @Test
    func `when a top-level key is longer than 1024 bytes, then it is rejected`() {
        let key = String(repeating: "k", count: 1024)
        for chunkSize in [1, 100, 5000] {
            let refused = Splitting("{\"\(key)k\":1}", chunkSize: chunkSize)
            #expect(Splitting("{\"\(key)\":1}", chunkSize: chunkSize).refusal == nil)
            #expect(refused.refusal == JSONError(code: .elementTooLarge, offset: 1, detail: "1024"))
        }
    }

    @Test
    func `when top-level keys never end, then they are rejected before they fill the memory`() {
        let members = (0..<300).map { "\"k\($0)\":0" }.joined(separator: ",")

        let refusal = Splitting("{\(members)}", chunkSize: 64, limits: limits).refusal

        #expect(refusal?.code == .elementTooLarge)
    }
}
