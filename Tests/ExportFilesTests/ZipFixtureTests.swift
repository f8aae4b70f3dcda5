import ExportFiles
import Foundation
import Testing

/// The zip files of yauzl's tests; invalid ones have the reason in their name.
@Suite("Given the zip files that others test with")
struct ZipFixtureTests {
    private static let folder: String = {
        guard let url = Bundle.module.resourceURL else { fatalError("the fixtures are missing") }
        return url.appending(path: "Fixtures/zip").path
    }()

    private static let names: [String] = {
        // Without the folder the tests below have no cases, which one of them detects.
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { $0.hasSuffix(".zip") }.sorted()
    }()

    /// Valid files that are rejected here: protected by a password, empty, or with an unknown method, so that the entry
    /// cannot be read.
    private static let refused: [String: ExportFileError.Code] = [
        "success__traditional-encryption-and-compression.zip": .encrypted,
        "success__traditional-encryption-and-compression_deprecated.zip": .encrypted,
        "success__traditional-encryption.zip": .encrypted,
        "success__traditional-encryption_deprecated.zip": .encrypted,
        "success__empty.zip": .empty,
        "success__bogus-compression-method.zip": .entryUnreadable,
    ]

    private static let sound = names.filter { $0.hasPrefix("success__") && refused[$0] == nil }

    /// Prefixes of names, and their error codes.
    private static let broken: [(start: String, code: ExportFileError.Code)] = [
        (
            "failure__End_of_central_directory_record_signature_not_found_Either_not_a_zip_file_or_file_is_truncated.",
            .damaged
        ),
        (
            "failure__End_of_central_directory_record_signature_not_found_Either_not_a_zip_file_or_file_is_truncated_1",
            .empty
        ),
        ("failure__Invalid_comment_length", .damaged),
        ("failure__absolute_path_C_xt", .damaged),
        ("failure__absolute_path_atxt", .damaged),
        ("failure__compressed_uncompressed_size_mismatch", .damaged),
        ("failure__extra_field_length_exceeds", .damaged),
        ("failure__file_data_overflows_file_bounds", .damaged),
        ("failure__invalid_central_directory_file_header_signature", .damaged),
        ("failure__invalid_code_lengths_set", .entryUnreadable),
        ("failure__invalid_local_file_header_signature", .entryUnreadable),
        ("failure__invalid_relative_path_xt", .damaged),
        ("failure__invalid_zip64_end", .unrecognized),
        ("failure__multi-disk", .unrecognized),
        ("failure__strong_encryption", .encrypted),
        ("failure__too_many_length_or_distance_symbols", .entryUnreadable),
        ("failure__unexpected_EOF", .damaged),
        ("failure__zip64_extended_information_extra_field_does_not_include_compressed_size", .damaged),
        ("failure__zip64_extended_information_extra_field_does_not_include_relative", .damaged),
        ("failure__zip64_extended_information_extra_field_does_not_include_uncompressed_size", .damaged),
        ("wrong-entry-sizes", .damaged),
    ]

    /// Prefixes of names of files that yauzl rejects and that are read here.
    ///
    /// In each, only the central directory was changed; the entry's own sizes, method and checksum are correct.
    /// Backslashes, which yauzl rejects in strict mode, separate folders here.
    private static let readable = [
        "failure__invalid_characters_in_fileName", "failure__not_enough_bytes_in_the_stream",
        "failure__too_many_bytes_in_the_stream", "failure__unsupported_compression_method_1",
    ]

    /// Reads everything and returns the first error.
    private static func reading(_ name: String) -> ExportFileError? {
        exportFileError { _ = try contents(of: ExportArchive(path: folder + "/" + name)) }
    }

    @Test(arguments: sound)
    func `when it is sound, then every entry is read`(name: String) throws {
        let archive = try ExportArchive(path: Self.folder + "/" + name)

        let entries = try contents(of: archive)

        #expect(entries.count == archive.outline.entryCount)
        #expect(entries.values.reduce(0) { $0 + $1.utf8.count } == archive.outline.unpackedBytes)
    }

    @Test(arguments: broken)
    func `when it is broken or hostile, then it is rejected`(start: String, code: ExportFileError.Code) throws {
        let matching = Self.names.filter { $0.hasPrefix(start) }

        #expect(matching.count == 1)
        #expect(matching.map { Self.reading($0)?.code } == [code])
    }

    @Test(arguments: refused)
    func `when it is sound and cannot be imported, then the reason is reported`(
        name: String, code: ExportFileError.Code
    ) throws {
        #expect(Self.names.contains(name))
        #expect(Self.reading(name)?.code == code)
    }

    @Test(arguments: readable)
    func `when only its list is wrong, then its entries are read by what they say themselves`(start: String) throws {
        let matching = Self.names.filter { $0.hasPrefix(start) }

        #expect(matching.count == 1)
        #expect(matching.map(Self.reading) == [nil])
    }

    @Test func `when all of them are counted, then each is in one of these tests`() {
        let tested = Self.sound.count + Self.refused.count + Self.broken.count + Self.readable.count

        #expect(Self.names.count == 46)
        #expect(tested == Self.names.count)
    }

    @Test func `when a name is in the Unicode path field, then that is its name`() throws {
        let archive = try ExportArchive(path: Self.folder + "/success__unicode-path-extra-field.zip")

        #expect(archive.outline.rootFileNames == ["七个房间.txt"])
    }
}
