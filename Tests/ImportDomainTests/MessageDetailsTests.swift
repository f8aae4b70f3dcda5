import ImportDomain
import Testing

@Suite("Given two versions of a message's details")
struct MessageDetailsTests {
    private static let stored = MessageDetails.File(
        name: "a", state: .stored(FileID("f"), mediaType: "text/plain", sizeBytes: 1, pixels: nil))
    private static let pending = MessageDetails.File(name: "a", state: .pending)
    private static let unavailable = MessageDetails.File(
        name: "a", state: .unavailable(.notFetched(reason: "404")))

    private static func details(_ file: MessageDetails.File?, alias: String? = nil) -> MessageDetails {
        var details = MessageDetails()
        details.file = file
        details.alias = alias
        return details
    }

    @Test(
        arguments: [
            (pending, stored, stored), (nil, stored, stored), (pending, unavailable, unavailable),
            (nil, unavailable, nil), (MessageDetails.File(name: "b", state: .pending), unavailable, nil),
            (pending, nil, pending), (nil, pending, nil),
        ] as [(MessageDetails.File?, MessageDetails.File?, MessageDetails.File?)])
    func `when they are merged, then what became of the file stays`(
        told: MessageDetails.File?, held: MessageDetails.File?, expected: MessageDetails.File?
    ) {
        let merged = Self.details(told, alias: "new").merged(into: Self.details(held, alias: "old"))

        #expect(merged.file == (expected ?? told))
        #expect(merged.alias == "new")
    }

    @Test func `when they are merged, then followers of both stay, each once, the earlier ones first`() {
        var (told, held) = (MessageDetails(), MessageDetails())
        told.addFollowers([UserID("c"), UserID("a")])
        held.addFollowers([UserID("a"), UserID("b"), UserID("a")])

        #expect(told.merged(into: held).followers == [UserID("a"), UserID("b"), UserID("c")])
    }

    @Test func `when a file is noted as unavailable and then attached, then it is shown under its name`() {
        var details = MessageDetails()
        details.noteUnavailable(.notExtracted(reason: "cut"), fileNamed: "a")
        let noted = details
        details.attach(
            StoredFile(
                id: FileID("f"), name: "a", mediaType: "text/plain", sizeBytes: 1,
                createdAt: Timestamp(milliseconds: 1)))

        #expect(noted.file == MessageDetails.File(name: "a", state: .unavailable(.notExtracted(reason: "cut"))))
        #expect(!noted.showsFile)
        #expect(details.file == Self.stored)
        #expect(details.showsFile)
    }
}
