import Glibc
import SQL
import Testing

@testable import Composition

@Suite("Given a failure of the system at the start")
struct StartFailureTests {
    @Test(arguments: [
        (ENOTDIR, "Choose a directory with --data."), (EACCES, "Change its owner or mode"),
        (EROFS, "read-only file system"), (ENOSPC, "Free some space"), (ENAMETOOLONG, "Choose a shorter one"),
        (EIO, "cannot be used: "),
    ])
    func `when it is about the data directory, then the sentence names it and states what to do`(
        number: Int32, text: String
    ) {
        let sentence = DataDirectory.sentence(number, "/no/such/place")

        #expect(sentence.contains(text))
        #expect(!sentence.contains("Domain="))
        #expect(sentence.contains("/no/such/place") || number == ENAMETOOLONG)
    }

    @Test(arguments: [
        (EADDRINUSE, "Port 3000 of 10.0.0.1 is already in use."), (EADDRNOTAVAIL, "is not an address of this machine."),
        (EACCES, "Choose a port from 1024 on"), (EMFILE, "Raise the limit of open files."),
        (EIO, "cannot listen on 10.0.0.1, port 3000: "),
    ])
    func `when it is about the address, then the sentence names it and states what to do`(number: Int32, text: String) {
        #expect(ListenFailure.sentence(number, "10.0.0.1", 3000).contains(text))
    }

    @Test func `when it is about the database, then the sentence states what to do`() {
        #expect(StartFailure.sentence(for: SQLError.full(message: "x")).contains("Free some space"))
        #expect(StartFailure.sentence(for: SQLError.corrupt(message: "x")).contains("restore it from a backup"))
    }
}
