import ImportDomain
import JSON

/// The JSON form of a message's file, `_importFile`.
enum FileDocument {
    static func read(_ reader: inout JSONReader) throws -> FileReference? {
        guard try reader.kind() == .object else {
            try reader.skipValue()
            return nil
        }
        var file = FileReference(id: "", name: "", source: "", location: .remote(url: ""))
        var (url, entry, isExternal) = (String?.none, String?.none, false)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id": file.id = try RecordJSON.string(&reader) ?? ""
            case "name": file.name = try RecordJSON.string(&reader) ?? ""
            case "size": file.sizeBytes = try RecordJSON.number(&reader).flatMap { Int(exactly: $0.rounded()) }
            case "type": file.mediaType = try RecordJSON.string(&reader)
            case "source": file.source = try RecordJSON.string(&reader) ?? ""
            case "downloadUrl": url = try RecordJSON.string(&reader)
            case "entry": entry = try RecordJSON.string(&reader)
            case "external": isExternal = try RecordJSON.boolean(&reader) ?? false
            default: try reader.skipValue()
            }
        }
        if let entry {
            file.location = .archived(entry: entry, url: url)
        } else if isExternal {
            file.location = .external(url: url ?? "")
        } else if let url, !url.isEmpty {
            file.location = .remote(url: url)
        } else {
            return nil
        }
        return file
    }

    static func write(_ file: FileReference, to writer: inout JSONWriter) {
        writer.key("_importFile")
        writer.beginObject()
        writer.text(file.id, for: "id")
        writer.text(file.name, for: "name")
        if let size = file.sizeBytes {
            writer.key("size")
            writer.integer(size)
        }
        writer.text(file.mediaType, for: "type")
        writer.text(file.source, for: "source")
        switch file.location {
        case .remote(let url): writer.text(url, for: "downloadUrl")
        case .archived(let entry, let url):
            writer.text(entry, for: "entry")
            writer.text(url, for: "downloadUrl")
        case .external(let url):
            writer.text(url, for: "downloadUrl")
            writer.flag(true, for: "external")
        }
        writer.endObject()
    }
}
