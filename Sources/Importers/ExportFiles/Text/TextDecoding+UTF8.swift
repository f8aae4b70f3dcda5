extension TextDecoding {
    /// Hands on UTF-8, uncopied where nothing is to be mended.
    func decodeUTF8(
        _ chunk: UnsafeRawBufferPointer, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        output.removeAll(keepingCapacity: true)
        var index = completeCarry(chunk, from: start)
        if encoding == .windows1252 { return try decodeWindows1252(chunk, from: index, keepingOutput: true, body) }
        if !output.isEmpty {
            try output.withUnsafeBytes(body)
            output.removeAll(keepingCapacity: true)
        }
        let end = chunk.count
        var runStart = index
        // Text up to here has no NUL.
        var checked = index
        while index < end {
            index = ByteSearch.nonASCII(chunk, from: index, to: end)
            removeNULs(chunk, &runStart, from: &checked, to: index)
            guard index < end else { break }
            let sequence = UTF8Sequence(chunk, at: index, to: end)
            if sequence == .incomplete { break }
            if encoding == nil {
                decideLate(sequence)
                if encoding == .windows1252 {
                    output.append(contentsOf: chunk[runStart..<index])
                    return try decodeWindows1252(chunk, from: index, keepingOutput: true, body)
                }
            }
            switch sequence {
            case .character(let length): index += length
            case .invalid(let length):
                output.append(contentsOf: chunk[runStart..<index])
                appendReplacement()
                index += length
                runStart = index
            case .incomplete: break
            }
            checked = index
        }
        carry.append(contentsOf: chunk[index..<end])
        if output.isEmpty {
            if runStart < index { try body(UnsafeRawBufferPointer(rebasing: chunk[runStart..<index])) }
        } else {
            output.append(contentsOf: chunk[runStart..<index])
            try output.withUnsafeBytes(body)
        }
    }

    /// Writes U+FFFD.
    func appendReplacement() {
        hasReplacements = true
        output.append(contentsOf: [0xEF, 0xBF, 0xBD])
    }

    private func removeNULs(
        _ chunk: UnsafeRawBufferPointer, _ runStart: inout Int, from checked: inout Int, to end: Int
    ) {
        while checked < end {
            let place = ByteSearch.first(0, chunk, from: checked, to: end)
            if place < end {
                removedNULs += 1
                output.append(contentsOf: chunk[runStart..<place])
                runStart = place + 1
            }
            checked = min(end, place + 1)
        }
    }

    /// Adds the bytes that a character lacks whose begin an earlier chunk had.
    ///
    /// - Returns: where the chunk goes on.
    private func completeCarry(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while !carry.isEmpty, index < chunk.count {
            carry.append(chunk[index])
            index += 1
            let sequence = carry.withUnsafeBytes { UTF8Sequence($0, at: 0, to: $0.count) }
            if sequence == .incomplete { continue }
            if encoding == nil { decideLate(sequence) }
            switch sequence {
            case .character: output.append(contentsOf: carry)
            case .invalid(let length):
                // Only the byte that was added can be at fault; it is looked at again.
                index -= carry.count - length
                if encoding == .windows1252 {
                    carry.prefix(length).forEach { appendWindows1252($0) }
                } else {
                    appendReplacement()
                }
            case .incomplete: break
            }
            carry.removeAll()
        }
        return index
    }
}
