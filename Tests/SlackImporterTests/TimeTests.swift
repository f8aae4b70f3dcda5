import ImportDomain
import Testing

@testable import SlackImporter

@Suite("Given a time as Slack writes it")
struct TimeTests {
    @Test(
        arguments: [
            ("1454300000.123456", 1_454_300_000_123), ("1454300000.000002", 1_454_300_000_000),
            ("1454300000.999999", 1_454_300_000_999), ("1454300000", 1_454_300_000_000), ("0.5", 500), ("0.05", 50),
            ("1555869696.805060", 1_555_869_696_805),
        ] as [(String, Int64)])
    func `when it is a decimal number, then it counts in whole milliseconds`(text: String, milliseconds: Int64) {
        #expect(SlackTime(text)?.timestamp.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e9", "1.2.3", "1 ", "１", "999999999999", "1.1234567890", "now", "1,5",
    ])
    func `when it is anything else, then it is not recognized`(text: String) {
        #expect(SlackTime(text) == nil)
    }

    @Test(
        arguments: [
            ("1454300000", 1_454_300_000_000), ("1454300000.5", 1_454_300_000_500),
            ("1454300000123", 1_454_300_000_123),
            ("1", nil), ("0", nil), ("1300000000", nil), ("x", nil), (nil, nil),
        ] as [(String?, Int64?)])
    func `when a room was created, then stand-in values do not count`(text: String?, milliseconds: Int64?) {
        #expect(SlackTime.creation(text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_454_300_000_123, "2016-02-01T04:13:20.123Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)])
    func `when it is shown, then as a date in UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).internetText == text)
    }

    @Test func `when it names a message, then the id is the room's and the time's`() throws {
        let time = try #require(SlackTime("1454300000.123456"))

        #expect(SlackMessages.id("slack-C024BE91L-", time) == "slack-C024BE91L-1454300000-123456")
    }
}
