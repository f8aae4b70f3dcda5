import ImportDomain
import Testing

@Suite("Given timestamps as ISO 8601")
struct TimestampTextTests {
    @Test func `when any millisecond is written and read, then it is the same millisecond`() {
        var generator = SystemRandomNumberGenerator()
        // Years 0 to 9999, and beyond them.
        for range in [Int64(-62_167_219_200_000)...253_402_300_799_999, -8_640_000_000_000_000...8_640_000_000_000_000]
        {
            for _ in 0..<20_000 {
                let timestamp = Timestamp(milliseconds: .random(in: range, using: &generator))

                #expect(Timestamp(iso8601: timestamp.iso8601) == timestamp, "\(timestamp.milliseconds)")
            }
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_769_860_800_003, "2026-01-31T12:00:00.003Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `when a timestamp is written, then its text is exact`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            ("2026-01-31", 1_769_817_600_000), ("2026-01-31T12:00:00Z", 1_769_860_800_000),
            ("2026-01-31T13:00:00.1239+01:00", 1_769_860_800_123), ("2026-01-31 12:00", 1_769_860_800_000),
        ] as [(String, Int64)])
    func `when a text leaves parts out, then they are zero, and the zone is UTC`(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-01-31T", "2026-01-31T25:00Z", "1769860800000", "2026-01-31x",
    ])
    func `when a text is something else, then there is no timestamp`(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test(
        arguments: [
            ("2026-01-31 12:00:00,5 UTC", 1_769_860_800_500), ("2026-02-31", 1_772_496_000_000),
            ("2026-01-31T24:00:00Z", 1_769_904_000_000),
        ] as [(String, Int64)])
    func `when a text has another spelling or a number beyond its end, then it is read and carried over`(
        text: String, milliseconds: Int64
    ) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            ("2024-02-29", .valid), ("2026-02-29", .carriedOver), ("2026-01-01T23:59:60Z", .valid),
            ("2026-01-01T24:00Z", .carriedOver), ("2026-01-01T00:00+19:00", .carriedOver), ("2026-13-01", .invalid),
            ("2026-02-31T25:00Z", .invalid), ("2026-01-01T00:60Z", .invalid), ("2026-01-01T00:00:00.Z", nil),
        ] as [(String, ISO8601Time.Validity?)])
    func `when calendar or clock lack the timestamp, then that is reported`(
        text: String, validity: ISO8601Time.Validity?
    ) {
        let time = Array(text.utf8).withUnsafeBytes { ISO8601Time($0) }

        #expect(time?.validity == validity)
    }
}
