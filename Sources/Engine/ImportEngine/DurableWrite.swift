import ImportDomain

/// Every durable write of an import, of its undo and of downloads, by name.
///
/// A transaction of the engine is opened with its name, `store.write(.applyUsers) { … }`, and so is a change of a stored
/// file. In debug builds each name stands for two points at which tests end the process: before and after the write.
/// Source: docs/decisions/0026-kill-points.md.
enum DurableWrite: String, CaseIterable, Sendable {
    // Operations.
    case createOperation
    case startImport
    case clearOperations
    case purgeStaging
    case removeImportFile
    case forgetImportFile
    case pause
    case resume
    case cancel
    case confirmControl
    case deleteOperation
    case removeDeleted

    // Records of requests and files on their way to the staging area.
    case stageRequest
    case acceptRequest
    case stageFile
    case acceptFile
    case discardIntake
    case indexRecords
    /// Adds the texts by which failed records are searched.
    case indexFailures

    // Files of imports.
    case keepUpload
    case beginReading
    case claimFile
    case keepFetchedFile
    case finishReceiving
    case removeFindings
    case addFindings
    case noteFileProgress
    case failFile

    // Checks.
    case beginCheck
    case storeCheckPages
    case finishCheck
    case abandonCheck
    case purgeChecks

    // Workers.
    case purgeWhenIdle
    case describeAccounts
    case claimBatch
    case applyUsers
    case applyContacts
    case applyRooms
    case applyMessages
    case divideBatch
    case recountTotals
    case enqueueAutomatically
    case forgetConfirmed
    case reachStage
    case giveUp
    case renewLease
    case releaseLease
    case releaseLeases

    // Files of messages inside the export.
    case beginArchivedFile
    case keepArchivedFile
    case finishArchivedFile
    case failArchivedFile
    case endExtraction

    // Retries.
    case stageRetry
    case acceptRetry
    case discardRetry
    case requeueRecords
    case restoreImportIDs
    case finishRetryRequest
    case completeRooms
    case completeMessages
    case endRetry

    // Downloads.
    case enqueueAvatars
    case enqueueDownloads
    case retryDownloads
    case skipDownloads
    case dequeueDownloads
    case claimDownloads
    case keepDownload
    case finishAvatar
    case finishDownload
    case failDownload
    case removeReplacedAvatar
    case removeUnlistedFile

    // Undo.
    case beginUndo
    case undoBatch
    case removeUndoneFile
    case forgetUndoneFiles
    case endUndo

    /// Whether it writes nothing if there is nothing to claim.
    var isClaim: Bool { [.claimBatch, .claimDownloads, .claimFile].contains(self) }

    /// The write of a batch of records.
    static func apply(_ type: RecordType) -> DurableWrite {
        switch type {
        case .user: .applyUsers
        case .contact: .applyContacts
        case .room: .applyRooms
        case .message: .applyMessages
        }
    }
}

extension Store {
    /// Runs `work` in one durable transaction that has a name.
    ///
    /// - Throws: as `write(_:)`.
    func write<Result: Sendable>(
        _ name: DurableWrite, _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        #if KILL_POINTS
            let result = try await write { transaction in
                let result = try work(transaction)
                KillPoint.reach(name, .before, result)
                return result
            }
            KillPoint.reach(name, .after, result)
            return result
        #else
            return try await write(work)
        #endif
    }
}

extension FileStore {
    /// Moves a file from a temporary path into the store.
    func adopt(_ path: String, as key: FileKey, _ name: DurableWrite) async throws(FileStoreError) -> Int64 {
        #if KILL_POINTS
            KillPoint.reach(name, .before)
        #endif
        let size = try await adopt(path, as: key)
        #if KILL_POINTS
            KillPoint.reach(name, .after)
        #endif
        return size
    }

    /// Removes a file; returns whether it existed.
    @discardableResult
    func remove(_ key: FileKey, _ name: DurableWrite) async throws(FileStoreError) -> Bool {
        #if KILL_POINTS
            KillPoint.reach(name, .before)
        #endif
        let existed = try await remove(key)
        #if KILL_POINTS
            KillPoint.reach(name, .after)
        #endif
        return existed
    }
}

extension FileWriter {
    /// Makes the file durable and visible.
    ///
    /// - Returns: its size in bytes.
    func finish(_ name: DurableWrite) async throws(FileStoreError) -> Int64 {
        #if KILL_POINTS
            KillPoint.reach(name, .before)
        #endif
        let size = try await finish()
        #if KILL_POINTS
            KillPoint.reach(name, .after)
        #endif
        return size
    }
}
