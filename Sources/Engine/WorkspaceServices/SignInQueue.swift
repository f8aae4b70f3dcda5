import ImportDomain

/// Lets one password verification run after the other, in an order that no account and no address can take over.
///
/// A verification takes tens of milliseconds of a processor. Addresses take turns, and so do the accounts that one
/// address asks for: guesses from one address delay others by one verification. A verification that would wait too long
/// is rejected at once.
actor SignInQueue {
    /// How many sign-ins may be in progress.
    struct Limits: Sendable {
        var perAccount = 10
        var perAddress = 50
        var total = 500
    }

    private struct Waiting {
        let number: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// The sign-ins of one address that wait.
    private struct AddressQueue {
        var accounts: [String] = []
        var waiting: [String: [Waiting]] = [:]
    }

    private let limits: Limits
    private var accounts: [String: Int] = [:]
    private var addresses: [String: Int] = [:]
    private var total = 0
    private var isVerifying = false
    private var latestNumber = 0
    private var order: [String] = []
    private var queues: [String: AddressQueue] = [:]

    init(limits: Limits = Limits()) { self.limits = limits }

    /// How many sign-ins wait for their turn.
    var waitingCount: Int { queues.values.reduce(0) { $0 + $1.waiting.values.reduce(0) { $0 + $1.count } } }

    /// Runs the sign-in `work` unless too many are in progress.
    ///
    /// - Throws: `WorkspaceError.tooManySignIns`, or what `work` throws.
    func admit<Result: Sendable>(
        account: String, address: String, _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        guard total < limits.total, accounts[account, default: 0] < limits.perAccount,
            addresses[address, default: 0] < limits.perAddress
        else { throw WorkspaceError.tooManySignIns }
        add(1, account, address)
        defer { add(-1, account, address) }
        return try await work()
    }

    /// Runs `verification` when it is its turn.
    ///
    /// - Throws: `CancellationError`, or what `verification` throws.
    func takeTurn<Result: Sendable>(
        account: String, address: String, _ verification: @Sendable () async throws -> Result
    ) async throws -> Result {
        if isVerifying {
            try await wait(account, address)
        } else {
            isVerifying = true
        }
        defer { passOn() }
        return try await verification()
    }

    private func add(_ count: Int, _ account: String, _ address: String) {
        total += count
        accounts[account, default: 0] += count
        addresses[address, default: 0] += count
        if accounts[account] == 0 { accounts[account] = nil }
        if addresses[address] == 0 { addresses[address] = nil }
    }

    private func wait(_ account: String, _ address: String) async throws {
        latestNumber += 1
        let number = latestNumber
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                if queues[address] == nil { order.append(address) }
                if queues[address]?.waiting[account] == nil {
                    queues[address, default: AddressQueue()].accounts.append(account)
                }
                queues[address]?.waiting[account, default: []].append(
                    Waiting(number: number, continuation: continuation))
            }
        } onCancel: {
            Task { await self.cancel(number, account, address) }
        }
    }

    /// Lets the next verification run.
    private func passOn() {
        guard !order.isEmpty else {
            isVerifying = false
            return
        }
        let address = order.removeFirst()
        guard var queue = queues[address] else { preconditionFailure("An address in the order has a queue") }
        let account = queue.accounts.removeFirst()
        guard let next = queue.waiting[account]?.removeFirst() else {
            preconditionFailure("An account in the order has a sign-in that waits")
        }
        if queue.waiting[account]?.isEmpty == true {
            queue.waiting[account] = nil
        } else {
            queue.accounts.append(account)
        }
        queues[address] = queue.accounts.isEmpty ? nil : queue
        if !queue.accounts.isEmpty { order.append(address) }
        next.continuation.resume()
    }

    private func cancel(_ number: Int, _ account: String, _ address: String) {
        guard let index = queues[address]?.waiting[account]?.firstIndex(where: { $0.number == number }),
            let waiting = queues[address]?.waiting[account]?.remove(at: index)
        else { return }
        if queues[address]?.waiting[account]?.isEmpty == true {
            queues[address]?.waiting[account] = nil
            queues[address]?.accounts.removeAll { $0 == account }
        }
        if queues[address]?.accounts.isEmpty == true {
            queues[address] = nil
            order.removeAll { $0 == address }
        }
        waiting.continuation.resume(throwing: CancellationError())
    }
}
