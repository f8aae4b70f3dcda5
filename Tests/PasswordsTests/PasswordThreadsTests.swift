import Foundation
import Glibc
import ImportDomain
import SHA256
import Testing

@testable import Passwords

/// So much bulk work that only cancellation ends it.
private let endless = [String](repeating: SHA256Digest.hexadecimal(of: "bulk"), count: 1_000_000)

@Suite("Given threads for passwords", .timeLimit(.minutes(10)))
struct PasswordThreadsTests {
    private func withThreads(
        _ bulkThreads: Int = 2, body: (PasswordThreads) async throws -> Void
    ) async throws {
        let threads = try PasswordThreads(cost: 4, bulkThreads: bulkThreads)
        do {
            try await body(threads)
        } catch {
            await threads.close()
            throw error
        }
        await threads.close()
    }

    @Test func `when a password is digested, then it is its SHA-256`() async throws {
        try await withThreads { threads in
            #expect(
                threads.digest(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(threads.tokenHash(of: "token") == "PEaenWxYddN6Q/NT1PiOYfz4EsZu7jRXRlpAsNpBU+A=")
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 23])
    func `when many digests are hashed, then each hash is in its digest's place`(count: Int) async throws {
        try await withThreads { threads in
            let digests = (0..<count).map { threads.digest(of: "password \($0)") }

            let hashes = try await threads.hashes(of: digests)

            #expect(hashes.count == count)
            for (digest, hash) in zip(digests, hashes) {
                #expect(hash.hasPrefix("$2b$04$"))
                #expect(try await threads.verify(digest, against: hash))
            }
        }
    }

    @Test func `when one digest is hashed, then only that digest signs in`() async throws {
        try await withThreads { threads in
            let hash = try await threads.hash(of: threads.digest(of: "right"))

            #expect(try await threads.verify(threads.digest(of: "right"), against: hash))
            #expect(try await !threads.verify(threads.digest(of: "wrong"), against: hash))
        }
    }

    @Test func `when bulk work runs without end, then sign-ins are processed`() async throws {
        try await withThreads { threads in
            let digest = threads.digest(of: "password")
            let stored = try await threads.hash(of: digest)
            let bulk = Task { try await threads.hashes(of: endless) }

            for _ in 0..<20 { #expect(try await threads.verify(digest, against: stored)) }
            _ = try await threads.hash(of: digest)

            // It must still run, or there would be nothing to cancel.
            bulk.cancel()
            await #expect(throws: CancellationError.self) { try await bulk.value }
        }
    }

    @Test func `when bulk work runs without end, then a small part of bulk work gets its turn`() async throws {
        try await withThreads(1) { threads in
            let bulk = Task { try await threads.hashes(of: endless) }

            let hashes = try await threads.hashes(of: Array(endless.prefix(3)))

            #expect(hashes.count == 3)
            bulk.cancel()
            await #expect(throws: CancellationError.self) { try await bulk.value }
        }
    }

    @Test func `when the task is cancelled before, then nothing is hashed`() async throws {
        try await withThreads { threads in
            let bulk = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await threads.hashes(of: endless)
            }

            await #expect(throws: CancellationError.self) { try await bulk.value }
        }
    }

    @Test func `when the threads are closed, then bulk work stops and later calls are rejected`() async throws {
        let threads = try PasswordThreads(cost: 4, bulkThreads: 2)
        let bulk = Task { try await threads.hashes(of: endless) }

        await threads.close()

        await #expect(throws: CancellationError.self) { try await bulk.value }
        await #expect(throws: CancellationError.self) { try await threads.verify("", against: "") }
    }

    @Test func `when a digest cannot be hashed, then the call reports it`() async throws {
        try await withThreads { threads in
            await #expect(throws: PasswordError.unusableText) { try await threads.hashes(of: ["a", "\0"] + endless) }
        }
    }

    @Test func `when an account is locked, then its hash costs what others cost and nobody signs in`() async throws {
        try await withThreads { threads in
            let locked = threads.lockedHash()

            let matches = try await threads.verify(threads.digest(of: ""), against: locked)

            #expect(locked.hasPrefix("$2b$04$"))
            #expect(!matches)
        }
    }

    @Test func `when numbers are out of range, then no threads are started`() {
        #expect(throws: PasswordError.costOutOfRange(3)) { try PasswordThreads(cost: 3) }
        #expect(throws: PasswordError.threadCountOutOfRange(0)) { try PasswordThreads(bulkThreads: 0) }
        #expect(throws: PasswordError.threadCountOutOfRange(-1)) { try PasswordThreads(signInThreads: -1) }
    }

    @Test func `when a thread lets others go first, then its own priority alone is lower`() async {
        let before = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)

        let inside = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                ThreadPriority.yieldToOthers()
                ThreadPriority.yieldToOthers()
                continuation.resume(returning: getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
            }
        }

        #expect(inside == max(before, 10))
        #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == before)
    }
}
