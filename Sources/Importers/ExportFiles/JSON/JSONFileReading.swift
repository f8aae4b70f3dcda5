internal import DelimitedText
internal import JSON

/// The reading of one JSON text from a source: decoding, counting, and what becomes of faults.
struct JSONFileReading {
    /// Ends the reading of a source from the inside.
    private struct Stop: Error {}

    let limits: JSONLimits
    var outcome = JSONArrayOutcome()
    private var repair = JSONTextRepair()
    private var checkpoint: () throws -> Void = {}

    init(limits: JSONLimits) {
        self.limits = limits
    }

    /// Feeds a source's text to a splitter.
    ///
    /// - Parameters:
    ///   - source: the entry or file.
    ///   - feed: takes the next part of the text.
    ///   - finish: says that there is no more.
    mutating func run(
        _ source: any ByteSource, feed: (inout JSONFileReading, UnsafeRawBufferPointer) throws -> Void,
        finish: (inout JSONFileReading) throws -> Void
    ) throws {
        let decoding = TextDecoding(expected: .utf8)
        var hasContent = false
        func take(_ text: UnsafeRawBufferPointer, _ reading: inout JSONFileReading) throws {
            hasContent = hasContent || text.contains { !$0.isSpace }
            guard hasContent else { return }
            try reading.noting { (reading) in try feed(&reading, text) }
        }
        checkpoint = source.checkpoint
        do {
            do {
                try source.read { chunk in try decoding.receive(chunk) { try take($0, &self) } }
            } catch let error as ExportFileError where error.code == .entryUnreadable {
                outcome.fault = .unreadable(error)
            }
            // What came before a fault of the source is read, too.
            let isUnreadable = outcome.fault != nil
            try decoding.finish { try take($0, &self) }
            if hasContent, !isUnreadable { try noting { (reading) in try finish(&reading) } }
        } catch is Stop {
            // The fault is noted.
        }
        outcome.isEmptyFile = !hasContent && outcome.fault == nil
        outcome.repairedText = decoding.hasReplacements || decoding.removedNULs > 0 || repair.hasRepairs
    }

    /// Hands out one element; an error of its JSON concerns nothing but itself.
    mutating func handOut(
        _ bytes: UnsafeRawBufferPointer, offset: Int,
        _ element: (inout JSONReader, _ index: Int) throws -> Void,
        _ broken: (JSONArrayOutcome.BrokenElement) throws -> Void
    ) throws {
        let index = outcome.elements
        outcome.elements += 1
        if outcome.elements.isMultiple(of: 4096) { try checkpoint() }
        do {
            try repair.mend(bytes) { text in
                var reader = JSONReader(text, limits: limits, baseOffset: offset)
                try element(&reader, index)
            }
        } catch let error as JSONError {
            try note(error, at: index, broken)
        }
    }

    /// Counts an element that was not handed out.
    mutating func note(_ error: JSONError, _ broken: (JSONArrayOutcome.BrokenElement) throws -> Void) throws {
        outcome.elements += 1
        if outcome.elements.isMultiple(of: 4096) { try checkpoint() }
        try note(error, at: outcome.elements - 1, broken)
    }

    private mutating func note(
        _ error: JSONError, at index: Int, _ broken: (JSONArrayOutcome.BrokenElement) throws -> Void
    ) throws {
        outcome.brokenElements += 1
        let element = JSONArrayOutcome.BrokenElement(index: index, error: error)
        if outcome.firstBroken.count < 100 { outcome.firstBroken.append(element) }
        try broken(element)
    }

    /// Ends the reading with a fault.
    mutating func stop(_ fault: JSONArrayOutcome.Fault) throws -> Never {
        if outcome.fault == nil { outcome.fault = fault }
        throw Stop()
    }

    /// Does something that fails with the splitter's errors, and notes them as the fault of the text.
    private mutating func noting(_ body: (inout JSONFileReading) throws -> Void) throws {
        do { try body(&self) } catch let error as JSONError {
            try stop(error.code == .unexpectedEnd ? .cutOff : .malformed(error))
        }
    }
}
