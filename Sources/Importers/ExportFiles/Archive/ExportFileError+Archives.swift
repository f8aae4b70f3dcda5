extension ExportFileError {
    /// A limit of the archive, and what to do.
    static func limit(_ sentence: String) -> ExportFileError {
        ExportFileError(.limitExceeded, "\(sentence) Split the export, or leave out what is not to be imported.")
    }

    static var emptyArchive: ExportFileError {
        ExportFileError(.empty, "The archive holds no files. Export again and send the new file.")
    }

    static func entryTooLarge(_ name: String, _ limits: ExportFileLimits) -> ExportFileError {
        ExportFileError(
            .limitExceeded, "The entry unpacks to more than \(limits.maximumEntryBytes) bytes. Split the export.",
            entry: name)
    }

    static func unpacksTooFar(_ limits: ExportFileLimits, _ fileBytes: Int64) -> ExportFileError {
        let allowed = limits.unpackedBytes(of: fileBytes)
        return ExportFileError(
            .limitExceeded,
            "The file of \(fileBytes) bytes unpacks to more than \(allowed) bytes: at most \(limits.maximumRatio) times "
                + "its size and \(limits.maximumTotalBytes) bytes are read. Split the export.")
    }

    static func encryptedEntry(_ name: String) -> ExportFileError {
        ExportFileError(
            .encrypted, "The archive is protected by a password. Unpack it and pack it again without one.", entry: name)
    }

    static func hostileName(_ name: String) -> ExportFileError {
        ExportFileError(
            .damaged,
            "An entry's name leads out of the archive (an absolute path, a drive, or ..). Unpack the export and pack "
                + "its folder again.", entry: String(name.replacing("\0", with: "\u{FFFD}").prefix(200)))
    }

    /// A zip archive whose structure is broken.
    static func brokenZip(_ reason: String) -> ExportFileError {
        ExportFileError(
            .damaged, "The zip archive is cut off or broken: \(reason). Send it again, or mend it with zip -FF.")
    }
}
