import Foundation
import Testing

@testable import CSVImporter

@Suite("Given the cell of a time column")
struct TimeCellTests {
    private func read(_ text: String) throws -> TimeCell {
        try Array(text.utf8).withUnsafeBytes { try TimeCell($0) }
    }

    @Test(arguments: [
        ("1454300000000", 1_454_300_000_000),
        ("1454300000", 1_454_300_000_000),
        ("99999999999", 99_999_999_999_000),
        ("100000000000", 100_000_000_000),
        ("99999999999999", 99_999_999_999_999),
        ("1454300000123456", 1_454_300_000_123),
        ("100000000000000", 100_000_000_000),
        ("1454300000123456789", 1_454_300_000_123),
        ("100000000000000000", 100_000_000_000),
        ("1454300000.5", 1_454_300_000_500),
        ("1454300000.000199", 1_454_300_000_000),
        ("1454300000123.75", 1_454_300_000_123),
        (" \t1454300000 ", 1_454_300_000_000),
        ("-1454300000", -1_454_300_000_000),
        ("+1454300000", 1_454_300_000_000),
        ("0", 0),
    ])
    func `when it counts units since 1970, then the size of the number determines the unit`(
        cell: String, milliseconds: Int64
    ) throws {
        let time = try read(cell)

        #expect(time == TimeCell(milliseconds: milliseconds))
    }

    @Test(arguments: [
        ("2016-02-01T04:13:20Z", 1_454_300_000_000),
        ("2016-02-01t04:13:20z", 1_454_300_000_000),
        ("2016-02-01 04:13:20Z", 1_454_300_000_000),
        ("2016-02-01 04:13:20 UTC", 1_454_300_000_000),
        ("2016-02-01T04:13:20.5Z", 1_454_300_000_500),
        ("2016-02-01T04:13:20,123456Z", 1_454_300_000_123),
        ("2016-02-01T05:13:20+01:00", 1_454_300_000_000),
        ("2016-02-01 05:13:20 +0100", 1_454_300_000_000),
        ("2016-01-31T23:43:20-04:30", 1_454_300_000_000),
        ("2016-02-01T06:13:20+02", 1_454_300_000_000),
        ("2016-02-01T04:13Z", 1_454_299_980_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `when it is ISO 8601 with a zone, then that timestamp results`(cell: String, milliseconds: Int64) throws {
        let time = try read(cell)

        #expect(time == TimeCell(milliseconds: milliseconds))
    }

    @Test(arguments: [
        ("2016-02-01T04:13:20", 1_454_300_000_000),
        ("2016-02-01 04:13:20.250", 1_454_300_000_250),
        ("2016-02-01", 1_454_284_800_000),
    ])
    func `when it is ISO 8601 without a zone, then it is UTC and marked`(cell: String, milliseconds: Int64) throws {
        let time = try read(cell)

        #expect(time == TimeCell(milliseconds: milliseconds, lacksZone: true))
    }

    @Test(arguments: [
        ("", TimeCell.Refusal.empty), ("  ", .empty),
        ("1.4543E+12", .exponent), ("1e9", .exponent),
        ("42401.5", .spreadsheetDay), ("-42401.5", .spreadsheetDay),
        ("02/01/2016", .ambiguousDate), ("1/2/16 04:13", .ambiguousDate), ("01.02.2016", .ambiguousDate),
        ("soon", .unreadable), ("-", .unreadable), ("12:30", .unreadable), ("1454300000 ms", .unreadable),
        ("1454300000.", .unreadable), ("2016-2-1", .unreadable), ("2016-02-01X04:13:20Z", .unreadable),
        ("2016-02-01T04:13:20Zulu", .unreadable), ("2016-02-01T04", .unreadable),
        ("2016-02-30T00:00:00Z", .outOfRange), ("2015-02-29", .outOfRange), ("1900-02-29", .outOfRange),
        ("2016-13-01", .outOfRange), ("2016-02-01T24:00:00Z", .outOfRange), ("2016-02-01T00:00:00+19:00", .outOfRange),
        ("99999999999999999999", .outOfRange),
        ("-62167219201", .outOfRange),
    ])
    func `when it is not to be trusted, then it is rejected with the reason`(cell: String, refusal: TimeCell.Refusal) {
        #expect(throws: refusal) { try read(cell) }
    }

    /// Foundation has the same calendar.
    @Test func `when any day of four centuries is read, then Foundation agrees`() throws {
        let day = 86_400_000
        var style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        style.timeZone = .gmt

        for number in stride(from: -100_000, through: 150_000, by: 97) {
            let milliseconds = number * day + (abs(number) % 86_400_000)
            let cell = Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(style)
            let time = try read(cell)
            #expect(abs(Int(time.milliseconds) - milliseconds) <= 1, "\(cell)")
        }
    }
}
