internal import Foundation
internal import ImportDomain
internal import ImporterKit
internal import MediaFormats

/// One entry of a directory.
///
/// Source: RFC 4519, RFC 2798; Microsoft's attributes of user objects.
struct LDIFEntry {
    private static let maximumAvatarBytes = 10 << 20

    /// Values by the attribute's name in lower case, without options such as `;lang-de`.
    private var values: [String: [[UInt8]]] = [:]

    /// Adds a value. Those without options come first: they are the default of those with a language.
    mutating func add(_ value: [UInt8], to name: String) {
        let parts = name.split(separator: ";", omittingEmptySubsequences: false)
        let attribute = String(parts[0])
        let isDefault = parts.count == 1 || parts[1] == "binary"
        if isDefault {
            values[attribute, default: []].append(value)
        } else {
            values[attribute + ";", default: []].append(value)
        }
    }

    /// The user of the entry; nil if it is something else, such as a group.
    func draft(line: Int, _ intake: UserIntake) throws(UserFault) -> UserDraft? {
        guard !bytes("dn").isEmpty else {
            throw UserFault(.rowInvalid, line: line, field: "dn", "The entry does not begin with \"dn:\".")
        }
        if let kind = text("changetype")?.lowercased(), kind != "add" {
            throw UserFault(
                .valueInvalid, line: line, field: "changetype", value: kind,
                "Only entries are read, not changes of entries. Export the entries themselves.")
        }
        guard isUser else {
            intake.note(
                .recordIgnored, line: line, field: texts("objectclass").last,
                "Entries that are not persons are left out: groups, computers, organizations.")
            return nil
        }
        var draft = UserDraft(line: line)
        draft.record.emails = emails
        draft.record.username = username
        draft.record.name =
            text("displayname") ?? text("cn") ?? joined(text("givenname"), text("sn"))
        draft.record.bio = text("title") ?? text("description")
        draft.record.importIDs = Self.idAttributes.compactMap { attribute in
            // The form in which Rocket.Chat keeps ids of directories, so that a later sign-in over LDAP finds the id.
            bytes(attribute).first.map { $0.map { Self.hexadecimal($0) }.joined() }
        }
        draft.record.isDeleted = isDisabled
        draft.record.avatarURL = avatar(line, intake)
        if !bytes("userpassword").isEmpty {
            intake.note(
                .passwordIgnored, line: line, field: "userPassword",
                "Passwords of directories are hashes that cannot be used. The accounts get no password.")
        }
        return draft
    }

    private static let idAttributes = ["entryuuid", "objectguid", "nsuniqueid", "ipauniqueid"]

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }

    private func bytes(_ name: String) -> [[UInt8]] { values[name] ?? values[name + ";"] ?? [] }

    private func texts(_ name: String) -> [String] {
        bytes(name).compactMap { String(decoding: $0, as: UTF8.self).replacing("\0", with: "").trimmedIfNotBlank }
    }

    private func text(_ name: String) -> String? { texts(name).first }

    private func joined(_ first: String?, _ second: String?) -> String? {
        [first, second].compactMap { $0 }.joined(separator: " ").trimmedIfNotBlank
    }

    private var isUser: Bool {
        let classes = Set(texts("objectclass").map { $0.lowercased() })
        if classes.isEmpty { return username != nil }
        return !classes.isDisjoint(with: ["inetorgperson", "person", "user"]) && !classes.contains("computer")
    }

    private var username: String? {
        if let name = text("uid") ?? text("samaccountname") { return SourceName.text(name) }
        guard let address = text("userprincipalname") ?? text("mail") else { return nil }
        return SourceName.text(address.lastIndex(of: "@").map { address[..<$0] } ?? address[...]).trimmedIfNotBlank
    }

    /// The addresses, of which Exchange marks the primary one with capitals.
    private var emails: [String] {
        let proxies = texts("proxyaddresses")
        let primary = proxies.filter { $0.hasPrefix("SMTP:") }
        let others = proxies.filter { $0.hasPrefix("smtp:") }
        var seen: Set<String> = []
        return (texts("mail") + (primary + others).map { String($0.dropFirst(5)) } + texts("mailalternateaddress"))
            .filter { !$0.isEmpty && seen.insert(CaseFolding.key($0)).inserted }
    }

    private var isDisabled: Bool {
        if let control = text("useraccountcontrol").flatMap({ Int($0) }), control & 2 != 0 { return true }
        if text("nsaccountlock")?.lowercased() == "true" { return true }
        return text("pwdaccountlockedtime") != nil
    }

    /// The image as a `data:` URL.
    private func avatar(_ line: Int, _ intake: UserIntake) -> String? {
        guard let image = bytes("jpegphoto").first ?? bytes("thumbnailphoto").first else { return nil }
        guard let kind = ImageKind(image), image.count <= Self.maximumAvatarBytes else {
            intake.note(
                .valueIgnored, line: line, field: "jpegPhoto",
                "The photo is not PNG, JPEG, GIF or WebP, or has more than \(Self.maximumAvatarBytes) bytes; it is left out."
            )
            return nil
        }
        return "data:\(kind.mediaType);base64,\(Data(image).base64EncodedString())"
    }
}
