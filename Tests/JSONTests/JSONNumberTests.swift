import JSON
import RandomNumbers
import Testing

@Suite("Given a number")
struct JSONNumberTests {
    private func number(_ literal: String) throws -> JSONNumber {
        try JSONReader.read(literal) { try $0.readNumber() }
    }

    // What JavaScript prints, taken from Node.js 20.
    @Test(arguments: [
        ("123", "123"), ("-0", "0"), ("0", "0"), ("-0.0", "0"), ("0e99999999999999999999", "0"), ("1.50", "1.5"),
        ("1e21", "1e+21"), ("123456789012345680000", "123456789012345680000"), ("1e20", "100000000000000000000"),
        ("1e-6", "0.000001"), ("1e-7", "1e-7"), ("0.1", "0.1"), ("1.5e-10", "1.5e-10"),
        ("12345678901234567890", "12345678901234567000"), ("9007199254740993", "9007199254740992"),
        ("-1.25e+30", "-1.25e+30"), ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("0.000001234", "0.000001234"), ("100", "100"), ("3.0", "3"), ("1e2", "100"), ("4.35", "4.35"),
        ("0.30000000000000004", "0.30000000000000004"), ("123e-20", "1.23e-18"), ("1e-400", "0"), ("-7.5", "-7.5"),
        ("18014398509481985", "18014398509481984"), ("999999999999999900000", "999999999999999900000"),
    ])
    func `when it is taken for a text, then it reads as JavaScript prints it`(literal: String, text: String) throws {
        #expect(try number(literal).coercedText == text)
    }

    @Test(arguments: [
        ("9007199254740993", "9007199254740993"), ("-9007199254740993", "-9007199254740993"), ("-0", "0"), ("7", "7"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("1.50", "1.5"), ("1e3", "1000"),
    ])
    func `when it identifies something, then a whole number keeps its digits`(literal: String, text: String) throws {
        #expect(try number(literal).identifyingText == text)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("3.0", 3), ("1e2", 100), ("-1.20e1", -12), ("120e-1", 12), ("0.0e-7", 0),
            ("0e99999999999999999999", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775807.000", .max), ("-922337203685477580.8e1", .min), ("92233720368547758070e-1", .max),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1e19", nil), ("1e300", nil), ("1.5", nil),
            ("15e-1", nil), ("1e-99999999999999999999", nil), ("0.1", nil),
        ] as [(String, Int?)])
    func `when it is asked for as an integer, then only an exact one is given`(literal: String, integer: Int?) throws {
        #expect(try number(literal).integer == integer)
    }

    @Test
    func `when it is made from a value, then its literal is the shortest`() {
        #expect(JSONNumber(-12).literal == "-12")
        #expect(JSONNumber(2.0)?.literal == "2")
        #expect(JSONNumber(0.1 + 0.2)?.literal == "0.30000000000000004")
        #expect(JSONNumber(Double.nan) == nil && JSONNumber(-Double.infinity) == nil)
    }

    @Test
    func `when any Double is printed, then the text reads back as the same Double`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            let double = Double(bitPattern: generator.next())
            guard let number = JSONNumber(double) else { continue }

            let read = try JSONReader.read(number.literal) { try $0.readNumber() }

            #expect(read.double == double)
            #expect(read.coercedText == number.literal)
        }
    }
}
