import Foundation
import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// The items of one page, and fields about the whole list.
struct ListPage<Item> {
    var items: [Item]
    /// The total number of items; nil if the response states neither it nor `count` and `offset`.
    var total: Int?
    /// Other fields of the response.
    var fields: [String: any Encodable] = [:]
}

/// Large responses: pages of lists, and single items that may be large.
///
/// A page has a limit of bytes beside its limit of items: it ends before the limit, and clients continue by `offset`.
/// The first item is returned regardless of its size. Items are encoded one by one, so that only one of them is in
/// memory as a tree.
enum LargeResponse {
    /// The most bytes of the items of a page, as stored and as JSON.
    static let largestBytes = 8 << 20
}

extension Endpoint.Call {
    /// The page of a list that a query asks for.
    ///
    /// - Parameters:
    ///   - load: reads the items.
    ///   - body: an item in its wire form.
    func list<Item, List: ListBody>(
        _ query: some Paged, _ load: (Page) async throws -> ListPage<Item>, body: (Item) throws -> List.Item
    ) async throws -> Reply<List> {
        let reservation = try await services.responseMemory.reserve(
            2 * LargeResponse.largestBytes, for: try caller.user.id)
        let requested = try await Page(query, settings: services.settings)
        var page = try await load(requested)
        var json = ResponseChunks()
        let items = page.items
        page.items = []
        var encodedItems: [Data] = []
        var size = 0
        for item in items {
            let data = WireJSON.data(try body(item))
            size += data.count
            guard encodedItems.isEmpty || size <= LargeResponse.largestBytes else { break }
            encodedItems.append(data)
        }

        var fields = page.fields.mapValues { WireJSON.data($0) }
        if let total = page.total {
            fields["count"] = WireJSON.data(encodedItems.count)
            fields["offset"] = WireJSON.data(requested.offset)
            fields["total"] = WireJSON.data(total)
        }
        fields["success"] = WireJSON.data(true)
        var separator = "{"
        for name in (fields.keys + [List.itemsKey]).sorted() {
            json.append("\(separator)\"\(name)\":")
            separator = ","
            guard name == List.itemsKey else {
                json.append(fields[name] ?? Data())
                continue
            }
            json.append("[")
            for (index, item) in encodedItems.enumerated() {
                if index > 0 { json.append(",") }
                json.append(item)
            }
            json.append("]")
        }
        json.append("}")
        return Reply(written: json.response(holding: reservation))
    }

    /// One item that may be large.
    func item<Body: Encodable>(_ load: () async throws -> Body) async throws -> Reply<Body> {
        let reservation = try await services.responseMemory.reserve(
            2 * LargeResponse.largestBytes, for: try caller.user.id)
        var json = ResponseChunks()
        json.append(WireJSON.data(try await load()))
        return Reply(written: json.response(holding: reservation))
    }
}

/// A body in chunks of moderate size, each freed once it is written.
struct ResponseChunks {
    private static let chunkBytes = 64 << 10

    private var chunks: [ByteBuffer] = []
    private var last = ByteBuffer()
    private var size = 0

    mutating func append(_ text: String) { append(Data(text.utf8)) }

    mutating func append(_ data: Data) {
        size += data.count
        last.writeBytes(data)
        guard last.readableBytes >= Self.chunkBytes else { return }
        chunks.append(last)
        last = ByteBuffer()
    }

    /// - Parameter reservation: kept until the last chunk is written, or the response is dropped.
    consuming func response(holding reservation: ResponseMemory.Reservation) -> Response {
        let chunks = last.readableBytes > 0 ? chunks + [last] : chunks
        reservation.change(to: size)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: size) { writer in
                for chunk in chunks { try await writer.write(chunk) }
                try await writer.finish(nil)
                withExtendedLifetime(reservation) {}
            })
    }
}
