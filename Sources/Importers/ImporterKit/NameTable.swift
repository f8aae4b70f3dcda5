/// Gives names small numbers; the memory that it takes is a few bytes more than the names themselves.
///
/// It is inlined into importers, which look up a name for each message.
public struct NameTable: Sendable {
    /// The bytes of all names, one behind the other.
    @usableFromInline var bytes: [UInt8] = []
    /// Where each name ends in `bytes`.
    @usableFromInline var ends: [UInt32] = []
    /// Open addressing: 0 for a free slot, otherwise the number of a name, from 1.
    @usableFromInline var slots = [UInt32](repeating: 0, count: 64)

    /// How often a name that was taken in was compared with another, in all.
    @usableFromInline var comparisonCount = 0

    /// A table without names.
    public init() {}

    /// How many bytes all names have.
    public var byteCount: Int { bytes.count }

    /// How many names there are.
    public var count: Int { ends.count }

    /// The number of a name, from 0.
    @inlinable
    public func number(of name: UnsafeRawBufferPointer) -> Int? {
        let entry = slots[slot(of: name).slot]
        return entry == 0 ? nil : Int(entry) - 1
    }

    /// The number of a name, which is taken in if it is new.
    @inlinable
    public mutating func insert(_ name: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
        let (place, comparisons) = slot(of: name)
        comparisonCount += comparisons
        if slots[place] != 0 { return (Int(slots[place]) - 1, false) }
        bytes.append(contentsOf: name)
        ends.append(UInt32(bytes.count))
        slots[place] = UInt32(ends.count)
        if ends.count * 4 > slots.count * 3 { grow() }
        return (ends.count - 1, true)
    }

    /// The number of a name, from 0.
    @inlinable
    public func number(of name: String) -> Int? {
        var name = name
        return name.withUTF8 { number(of: UnsafeRawBufferPointer($0)) }
    }

    /// The number of a name, which is taken in if it is new.
    @inlinable
    public mutating func insert(_ name: String) -> (number: Int, isNew: Bool) {
        var name = name
        return name.withUTF8 { insert(UnsafeRawBufferPointer($0)) }
    }

    /// A name by its number.
    public subscript(number: Int) -> String {
        withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
    }

    /// The slot that holds a name, or the free one where it belongs, and how many names were compared to find it.
    @usableFromInline
    func slot(of name: UnsafeRawBufferPointer) -> (slot: Int, comparisons: Int) {
        var (place, comparisons) = (hash(name), 0)
        while slots[place] != 0 {
            comparisons += 1
            let isEqual = withBytes(of: Int(slots[place]) - 1) { stored in
                stored.count == name.count && stored.elementsEqual(name)
            }
            if isEqual { return (place, comparisons) }
            place = (place + 1) & (slots.count - 1)
        }
        return (place, comparisons)
    }

    /// Swift's hash has a seed of its own in each process, so that no file can be made to fill one slot.
    private func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        return hasher.finalize() & (slots.count - 1)
    }

    private func withBytes<Result>(of number: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = number == 0 ? 0 : Int(ends[number - 1])
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<Int(ends[number])])) }
    }

    @usableFromInline
    mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 0..<ends.count {
            var place = withBytes(of: number) { hash($0) }
            while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = UInt32(number + 1)
        }
    }
}
