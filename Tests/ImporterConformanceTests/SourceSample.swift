import CSVImporter
import ExampleImporter
import Foundation
import ImportDomain
import JSON
import SlackImporter
import Testing
import ZipFixtures

/// An importer and a small source of it, in parts that tests can rearrange and damage.
///
/// Names, topics, descriptions, texts, attachments and files of private rooms contain the word `secret`.
struct SourceSample: Sendable, CustomTestStringConvertible {
    /// A file of the source.
    struct Entry: Sendable {
        /// The format of its elements.
        enum Form: Sendable {
            case array
            case lines
            case table(header: String)
        }

        var name: String
        let form: Form
        var elements: [String]
        /// An element that cannot be imported and must be reported.
        let broken: String

        var bytes: [UInt8] {
            switch form {
            case .array: Array("[\(elements.joined(separator: ","))]".utf8)
            case .lines: Array((elements.joined(separator: "\n") + "\n").utf8)
            case .table(let header): Array(([header] + elements).joined(separator: "\n").utf8) + [0x0A]
            }
        }

        /// The entry with the fields of all its objects in the opposite order.
        var reversed: Entry {
            get throws {
                var entry = self
                if case .table = form { return self }
                entry.elements = try elements.map { Self.reversed(try JSONValue(parsing: $0)).serialized() }
                return entry
            }
        }

        private static func reversed(_ value: JSONValue) -> JSONValue {
            switch value {
            case .object(let fields):
                .object(fields.reversed().map { JSONMember(key: $0.key, value: reversed($0.value)) })
            case .array(let elements): .array(elements.map(reversed))
            default: value
            }
        }
    }

    let name: String
    let importer: any Importer
    /// Whether the entries lie in an archive; else there is one.
    let isArchive: Bool
    var entries: [Entry]

    var testDescription: String { name }

    /// The file of the entries.
    var bytes: [UInt8] {
        isArchive ? StoredZip(files: entries.map { ($0.name, $0.bytes) }).bytes : entries.first?.bytes ?? []
    }

    /// The sample with other entries.
    func with(_ entries: [Entry]) -> SourceSample {
        var sample = self
        sample.entries = entries
        return sample
    }

    /// The importer's output for the sample.
    func read() throws -> ProbeOutput { try read(bytes) }

    /// The importer's output for any bytes.
    func read(_ bytes: [UInt8], failingAtCall: Int? = nil) throws -> ProbeOutput {
        let output = ProbeOutput(failingAtCall: failingAtCall)
        try read(bytes, into: output)
        return output
    }

    /// Reads any bytes into an output.
    func read(_ bytes: [UInt8], into output: ProbeOutput) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID().uuidString)")
        try Data(bytes).write(to: path)
        // The system also empties the folder of temporary files.
        defer { try? FileManager.default.removeItem(at: path) }
        let name = isArchive ? "export.zip" : entries.first?.name ?? "file"
        try importer.read(ImportFile(path: path.path, name: name), into: output)
    }

    /// Every importer. A new one has a line here.
    static let all = [
        slack, csv, csvUsers, csvMessages, slackUsers, contacts,
        SourceSample(
            name: "lines", importer: LinesImporter(), isArchive: false,
            entries: [
                Entry(
                    name: "chat.jsonl", form: .lines,
                    elements: (1...30).map {
                        #"{"id":"m\#($0)","room":"r\#($0 % 3)","from":"u\#($0 % 4)","at":\#(1_454_300_000_000 + $0),"#
                            + #""text":"secret \#($0)","answers":"m1"}"#
                    }, broken: "7")
            ]),
    ]

    private static func archive(_ name: String, _ importer: any Importer, _ entries: [Entry]) -> SourceSample {
        SourceSample(name: name, importer: importer, isArchive: true, entries: entries)
    }

    private static func array(_ name: String, _ elements: [String]) -> Entry {
        Entry(name: name, form: .array, elements: elements, broken: "7")
    }

    private static func table(_ name: String, _ header: String, _ rows: [String]) -> Entry {
        Entry(name: name, form: .table(header: header), elements: rows, broken: "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o")
    }

    private static let slack = archive(
        "slack", SlackImporter(),
        [
            array(
                "users.json",
                (1...4).map {
                    #"{"id":"U\#($0)","name":"user\#($0)","deleted":\#($0 == 4),"profile":{"email":"u\#($0)@x.org","#
                        + #""real_name":"User \#($0)","fields":{"Xf1":{"value":"v","alt":""}}}}"#
                }),
            array(
                "channels.json",
                [
                    #"{"id":"C1","name":"general","creator":"U1","members":["U1","U2","U3"],"is_general":true,"#
                        + #""topic":{"value":"see <#G1> and <@U2>"},"pins":[{"id":"1454300001.000100","type":"C"}]}"#
                ]),
            array(
                "groups.json",
                [
                    #"{"id":"G1","name":"secret-vault","creator":"U1","members":["U1","U2"],"#
                        + #""topic":{"value":"secret topic"},"purpose":{"value":"secret purpose of <#G1>"}}"#
                ]),
            array(
                "mpims.json",
                [
                    #"{"id":"G2","name":"mpdm-user1--user2--user3-1","members":["U1","U2","U3"],"#
                        + #""topic":{"value":"secret plan"},"purpose":{"value":"secret talk"}}"#
                ]),
            array("dms.json", [#"{"id":"D1","members":["U1","U3"]}"#]),
            array(
                "general/2016-02-01.json",
                [
                    #"{"type":"message","user":"U1","ts":"1454300001.000100","text":"hello <@U2|two> in <#C1>","#
                        + #""reactions":[{"name":"wave","users":["U2","U9"]}],"reply_users":["U3"]}"#,
                    #"{"type":"message","user":"U2","ts":"1454300002.000100","text":"as in <#G1>","thread_ts":"1454300001.000100","#
                        + #""edited":{"user":"U2","ts":"1454300003.000000"},"attachments":[{"title":"t","text":"<#G1>","#
                        + #""fields":[{"title":"f","value":"v","short":true}]}]}"#,
                    #"{"type":"message","user":"U8","ts":"1454300004.000100","text":"by <@U7>","blocks":[{"type":"section","#
                        + #""text":{"type":"mrkdwn","text":"more"}}]}"#,
                    #"{"type":"message","subtype":"channel_join","user":"U3","ts":"1454300005.000100"}"#,
                ]),
            array(
                "secret-vault/2016-02-01.json",
                [
                    #"{"type":"message","user":"U1","ts":"1454300006.000100","text":"secret one","#
                        + #""files":[{"id":"F1","name":"secret-a.txt","url_private":"https://x.org/a","mode":"hosted"}],"#
                        + #""attachments":[{"title":"secret title","text":"secret card"}]}"#,
                    #"{"type":"message","user":"U2","ts":"1454300007.000100","text":"secret two","#
                        + #""files":[{"id":"F2","name":"secret.txt","url_private":"https://x.org/b"}]}"#,
                    #"{"type":"message","subtype":"group_topic","user":"U2","ts":"1454300007.000200","#
                        + #""topic":"secret topic"}"#,
                    #"{"type":"message","subtype":"group_name","user":"U2","ts":"1454300007.000300","#
                        + #""name":"secret-vault"}"#,
                ]),
            array("D1/2016-02-01.json", [#"{"user":"U3","ts":"1454300008.000100","text":"secret three"}"#]),
            array("lost/2016-02-01.json", [#"{"user":"U2","ts":"1454300009.000100","text":"secret four"}"#]),
        ])

    private static let csv = archive(
        "csv", CSVImporter(),
        [
            table("users.csv", "username,email,name", ["mara,mara@x.org,Mara V", "odo,odo@x.org,Odo", "kim,,Kim"]),
            table(
                "channels.csv", "name,creator,private,members,topic,description",
                [
                    "general,mara,public,mara;odo,news,for all",
                    "secret-vault,mara,private,odo,secret topic,secret purpose",
                ]),
            table(
                "general/1.csv", "username,time,text",
                ["mara,1514764800000,hi @odo", "odo,1514764801000,\"a, b\"", "zed,2018-01-01T00:00:02Z,new"]),
            table(
                "secret-vault/1.csv", "username,time,text",
                ["mara,1514764800000,secret one", "odo,1514764801000,secret two"]),
            table("lost/1.csv", "username,time,text", ["kim,1514764800000,secret three"]),
            table("directmessages/1.csv", "from,to,time,text", ["mara,odo,1514764800000,secret four"]),
        ])

    private static let csvUsers = SourceSample(
        name: "csv, one table of users", importer: CSVImporter(), isArchive: false,
        entries: [
            table(
                "people.csv", "username,email,name",
                (1...20).map { "user\($0),user\($0)@x.org,User \($0)" })
        ])

    private static let csvMessages = SourceSample(
        name: "csv, one table of messages", importer: CSVImporter(), isArchive: false,
        entries: [
            table(
                "messages.csv", "room,username,time,text",
                (1...20).map { "room\($0 % 3),user\($0 % 4),\(1_514_764_800_000 + $0),secret \($0)" })
        ])

    private static let slackUsers = SourceSample(
        name: "slack-users", importer: SlackUsersImporter(), isArchive: false,
        entries: [
            table(
                "members.csv",
                "username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname,expires",
                (1...20).map {
                    "user\($0),user\($0)@x.org,\($0 == 3 ? "Deactivated" : "Member"),1,0,0,U\($0),User \($0),u,\($0)"
                })
        ])

    private static let contacts = SourceSample(
        name: "contacts", importer: OmnichannelContactImporter(), isArchive: false,
        entries: [
            table(
                "contacts.csv", "name,emails,phones,manager",
                (1...20).map { "Contact \($0),c\($0)@x.org,+49\($0),mara" })
        ])
}
