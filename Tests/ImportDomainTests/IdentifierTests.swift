import ImportDomain
import Testing

@Suite("Given identifiers that look alike")
struct IdentifierTests {
    @Test
    func `composed and decomposed characters are two ids`() {
        let (composed, decomposed) = (ImportID("caf\u{E9}"), ImportID("cafe\u{301}"))

        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(Set([ExactString("caf\u{E9}"), ExactString("cafe\u{301}")]).count == 2)
    }

    @Test
    func `the same bytes are one id`() {
        #expect(ImportID("caf\u{E9}") == ImportID("caf\u{E9}"))
        #expect(Set([RoomID("GENERAL"), .general]).count == 1)
    }
}
