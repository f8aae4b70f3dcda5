/// Cuts the elements out of a body such as `{"users":[{…},{…}],"x":1}` or, if told so, `[{…},{…}]` while it arrives in
/// chunks.
///
/// At most one element is buffered, so memory stays flat however large the body is; an element that lies within a
/// chunk is handed out without being copied. The splitter checks what stands between the elements itself. An element's
/// own bytes are only followed to their end: the consumer reads them with `JSONReader`, which checks all of them.
///
/// A splitter that recovers passes over items that are too large, and over what is no JSON between items, and goes on
/// behind them; broken items are handed out, and the consumer finds what is wrong with them.
///
/// After an error the splitter must not be used again.
public struct JSONElementSplitter {
    /// What the splitter has come to.
    public enum Event {
        /// The text has begun; the first event. No other follows unless the text is an object, or an array that is
        /// to be split.
        case root(JSONKind)
        /// A member of the root object begins.
        case member(key: String, kind: JSONKind)
        /// The whole value of a member that is not an array, and where it begins in the whole text. The bytes are
        /// borrowed for the duration of the call.
        case value(UnsafeRawBufferPointer, offset: Int)
        /// One element of a member, or of the root, that is an array, and where it begins in the whole text. The bytes are borrowed for
        /// the duration of the call.
        case element(UnsafeRawBufferPointer, offset: Int)
        /// A value or element, or something in its place, that was passed over. Only a splitter that recovers has it.
        case broken(JSONError)
    }

    let limits: JSONLimits
    let splitsRootArray: Bool
    let recovers: Bool
    /// Whether the item is beyond its limit, so that it is followed to its end and not kept.
    var isOversized = false
    /// What the grammar asks for behind what is no JSON, and what is wrong with that.
    var afterGarbage = Phase.root
    var garbageError = JSONError(code: .unexpectedByte, offset: 0)
    var phase = Phase.root
    var scanner: StructureScanner
    /// How many bytes of the text came before the current chunk.
    var consumed = 0
    /// The item that began in an earlier chunk.
    var pending: [UInt8] = []
    /// Where the item begins in the whole text.
    var itemOffset = 0
    /// The key of the member whose value comes next.
    var memberKey = ""
    var keys: Set<ExactKey> = []
    var keyBytes = 0

    /// Where the value or element handed out last begins in the whole text.
    ///
    /// It cannot be asked for while an event is being handled, because the splitter is busy then; events carry the
    /// offset with them.
    public internal(set) var elementOffset = 0

    /// A splitter at the start of a text.
    ///
    /// - Parameters:
    ///   - limits: how deep the text may nest, and how large its elements may be.
    ///   - splitsRootArray: whether the elements of an array at the root are handed out; else it is passed over.
    ///   - recovers: whether a broken item costs that item alone. Equal keys of the root object are then accepted.
    public init(limits: JSONLimits = JSONLimits(), splitsRootArray: Bool = false, recovers: Bool = false) {
        self.limits = limits
        self.splitsRootArray = splitsRootArray
        self.recovers = recovers
        scanner = StructureScanner(maximumDepth: limits.effectiveDepth, recovers: recovers)
    }

    /// Takes the next bytes of the text.
    ///
    /// - Parameters:
    ///   - chunk: the bytes, borrowed.
    ///   - body: handles each event.
    /// - Throws: `JSONError` when what stands between the elements is not JSON, an element is too large or the text
    ///   nests too deep; and whatever `body` throws.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (Event) throws -> Void) throws {
        var position = 0
        while position < chunk.count {
            if case .item(let item) = phase {
                try continueItem(item, chunk, &position, body)
            } else if chunk[position].isJSONWhitespace {
                position += 1
            } else {
                try takePunctuation(chunk[position], &position, body)
            }
        }
        consumed += chunk.count
    }

    /// Says that the text has arrived as a whole.
    ///
    /// - Parameter body: handles each event that is left.
    /// - Throws: `unexpectedEnd` when the text is empty or not complete, and whatever `body` throws.
    public mutating func finish(_ body: (Event) throws -> Void) throws {
        // Only a number or word at the root ends with the text; nothing that follows would tell its end.
        if case .item(let item) = phase, item.role == .root, item.isWord {
            let bytes = pending
            try bytes.withUnsafeBytes { try complete(item, $0, body) }
        }
        if case .item(let item) = phase, isOversized { try body(.broken(tooLarge(item))) }
        guard case .end = phase else { throw JSONError(code: .unexpectedEnd, offset: consumed) }
    }
}
