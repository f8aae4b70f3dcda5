import Foundation
import JSON
import Testing

@Suite("Given the JSON parsing test suite")
struct JSONTestSuiteTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        var testDescription: String { name }
    }

    /// Texts that the suite requires to be accepted, and that the stricter rules here reject.
    private static let stricter: [String: JSONError.Code] = [
        "y_object_duplicated_key": .duplicateKey,
        "y_object_duplicated_key_and_value": .duplicateKey,
        "y_object_escaped_null_in_key": .nulCharacter,
        "y_string_null_escape": .nulCharacter,
    ]

    /// Optional texts of the suite that are accepted; all other optional ones are rejected.
    private static let openAndAccepted: Set = [
        "i_number_double_huge_neg_exp", "i_number_real_underflow", "i_number_too_big_neg_int",
        "i_number_too_big_pos_int", "i_number_very_big_negative_int",
        "number_-9223372036854775808", "number_-9223372036854775809", "number_1.0", "number_1.000000000000000005",
        "number_1000000000000000", "number_10000000000000000999", "number_1e-999", "number_1e6",
        "number_9223372036854775807", "number_9223372036854775808", "object_key_nfc_nfd", "object_key_nfd_nfc",
    ]

    static let cases: [Case] = {
        guard let url = Bundle.module.url(forResource: "Fixtures/JSONTestSuite/cases", withExtension: "txt"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { fatalError("the fixture is missing") }
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            return Case(
                name: String(parts[0]),
                bytes: parts.count > 1 ? Array(Data(base64Encoded: String(parts[1])) ?? Data()) : [])
        }
    }()

    @Test(arguments: cases)
    func `when a text is read, then it is accepted or rejected as decided`(given: Case) {
        let refusals = Refusals(of: given.bytes)
        let isAccepted =
            given.name.hasPrefix("y_")
            ? Self.stricter[given.name] == nil : Self.openAndAccepted.contains(given.name)

        #expect((refusals.reading == nil) == isAccepted)
        #expect(refusals.agree)
        if let code = Self.stricter[given.name] { #expect(refusals.reading?.code == code) }
    }

    @Test(arguments: cases)
    func `when a text is split, then it is rejected no less than by the reader`(given: Case) {
        guard given.bytes.first == 0x7B else { return }

        let splitting = Splitting(given.bytes, chunkSize: 1)

        if Refusals(of: given.bytes).reading == nil { #expect(splitting.refusal == nil) }
        #expect(splitting == Splitting(given.bytes, chunkSize: 1000))
    }

    @Test
    func `when the suite is counted, then all of it is there`() {
        #expect(Self.cases.count == 338)
    }

    @Test(arguments: ["[", "[{\"\":"])
    func `when brackets are opened without end, then the text is rejected and nothing overflows`(part: String) {
        let text = Array(String(repeating: part, count: 100_000).utf8)

        #expect(Refusals(of: text).reading?.code == .tooDeep)
        #expect(Splitting(text, chunkSize: 4096).refusal?.code == .tooDeep)
    }
}
