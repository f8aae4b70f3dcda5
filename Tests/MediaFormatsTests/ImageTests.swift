import MediaFormats
import Testing

/// Headers of images, byte for byte.
enum Picture {
    static let png: [UInt8] =
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 1, 0x2c, 0, 0, 0, 200, 8, 6, 0, 0, 0]
    static let gif: [UInt8] = Array("GIF89a".utf8) + [0x2c, 1, 200, 0, 0, 0, 0]
    static let jpegStart: [UInt8] = [0xff, 0xd8]
    static let jpegFrame: [UInt8] = [0xff, 0xc0, 0, 17, 8, 0, 200, 1, 0x2c, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
    static let jpeg: [UInt8] = jpegStart + segment(0xe0, 14) + segment(0xdb, 65) + jpegFrame
    static let webpLossy: [UInt8] = riff("VP8 ") + [0x30, 1, 0, 0x9d, 1, 0x2a, 0x2c, 1, 200, 0]
    static let webpLossless: [UInt8] = riff("VP8L") + [0x2f, 0x2b, 0xc1, 0x31, 0]
    static let webpExtended: [UInt8] = riff("VP8X") + [0x10, 0, 0, 0, 0x2b, 1, 0, 199, 0, 0]

    /// A segment with a marker and this many bytes of content.
    static func segment(_ marker: UInt8, _ count: Int) -> [UInt8] {
        let length = count + 2
        return [0xff, marker, UInt8(length >> 8), UInt8(length & 0xff)] + [UInt8](repeating: 0xff, count: count)
    }

    private static func riff(_ kind: String) -> [UInt8] {
        Array("RIFF".utf8) + [100, 0, 0, 0] + Array("WEBP\(kind)".utf8) + [88, 0, 0, 0]
    }
}

@Suite("Given the beginning of a file")
struct ImageTests {
    static let pictures: [([UInt8], ImageKind)] = [
        (Picture.png, .png), (Picture.gif, .gif), (Picture.jpeg, .jpeg), (Picture.webpLossy, .webp),
        (Picture.webpLossless, .webp), (Picture.webpExtended, .webp),
        (Picture.jpegStart + [0xff, 0xff, 0xff] + Picture.segment(0xe1, 60_000) + Picture.jpegFrame, .jpeg),
    ]

    @Test(arguments: pictures)
    func `when it is an image, then its kind and size are detected`(bytes: [UInt8], kind: ImageKind) throws {
        let header = try #require(ImageHeader(bytes))

        #expect(header.kind == kind)
        #expect(header.width == 300)
        #expect(header.height == 200)
    }

    @Test(arguments: pictures)
    func `when it is cut off anywhere, then there is a header or none, and no harm`(bytes: [UInt8], kind: ImageKind) {
        let whole = ImageHeader(bytes)

        for count in stride(from: 0, to: bytes.count, by: bytes.count > 1000 ? 997 : 1) {
            let header = ImageHeader(Array(bytes.prefix(count)))
            #expect(header == nil || header == whole)
        }
    }

    @Test func `when its bytes are damaged at random, then there is a sensible header or none`() {
        var generator = CountingGenerator()

        for (bytes, _) in Self.pictures.prefix(6) {
            for _ in 0..<2000 {
                var damaged = bytes
                for _ in 0..<3 {
                    damaged[Int.random(in: damaged.indices, using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
                guard let header = ImageHeader(damaged) else { continue }
                #expect(header.width > 0 && header.height > 0)
            }
        }
    }

    @Test(arguments: [
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "<?xml version=\"1.0\"?><svg/>", "<!DOCTYPE html>", "<html>",
        "BM6\0\0\0", "II*\0", "", "GIF", "GIF88a", "RIFF\0\0\0\0WAVE", "\u{0}\u{0}\u{1}\u{0}", "%PDF-1.7",
    ])
    func `when it is not an image of the four kinds, then it is rejected`(text: String) {
        #expect(ImageKind(Array(text.utf8)) == nil)
        #expect(ImageHeader(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        Array(Picture.png.prefix(16)) + [0, 0, 0, 0, 0, 0, 0, 1, 8],
        Array(Picture.png.prefix(16)) + [255, 0, 0, 0, 0, 0, 0, 1],
        Array("GIF89a".utf8) + [0, 0, 0, 0], Picture.jpegStart + [0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3],
        Picture.jpegStart + [0xff, 0xda, 0, 4, 0, 0] + Picture.jpegFrame,
        Picture.jpegStart + [0xff, 0xe0, 0, 1] + Picture.jpegFrame,
    ])
    func `when an image has no size, then it is rejected`(bytes: [UInt8]) {
        #expect(ImageHeader(bytes) == nil)
    }
}

/// A deterministic generator.
struct CountingGenerator: RandomNumberGenerator {
    private var state: UInt64 = 42

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9
    }
}
