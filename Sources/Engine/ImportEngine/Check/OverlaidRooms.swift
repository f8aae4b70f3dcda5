import ImportDomain

/// The rooms of a workspace, with those of a scratch workspace laid over them.
///
/// Members of both count: the scratch workspace has those that join.
struct OverlaidRooms: ImportedRooms {
    let workspace: any RoomStore
    let scratch: any ScratchAccess
    let number: ImportNumber

    func rooms(withImportIDs importIDs: [ImportID]) throws -> [ImportID: RoomID] {
        try workspace.rooms(withImportIDs: importIDs)
            .merging(scratch.transaction { try $0.rooms.rooms(withImportIDs: importIDs) }) { $1 }
    }

    func rooms(named nameKeys: [String]) throws -> [String: RoomID] {
        var rooms = try workspace.rooms(named: nameKeys)
        let written = Set(try scratch.transaction { try $0.rooms.find(ids: Array(rooms.values)) }.map(\.id))
        if !written.isEmpty { rooms = rooms.filter { !written.contains($0.value) } }
        return rooms.merging(try scratch.transaction { try $0.rooms.rooms(named: nameKeys) }) { $1 }
    }

    func find(ids: [RoomID]) throws -> [Room] {
        let written = try scratch.transaction { try $0.rooms.find(ids: ids) }
        let known = Set(written.map(\.id))
        return try written + workspace.find(ids: ids.filter { !known.contains($0) })
    }

    func find(id: RoomID) throws -> Room? {
        try scratch.transaction { try $0.rooms.find(id: id) } ?? workspace.find(id: id)
    }

    func nameCount(startingWith key: String) throws -> Int {
        // Copies count as they are in the workspace.
        try workspace.nameCount(startingWith: key)
            + scratch.transaction { try $0.rooms.nameCount(startingWith: key, createdBy: number) }
    }

    func find(participants: [UserID]) throws -> Room? {
        let written = try scratch.transaction { try $0.rooms.find(participants: participants) }
        if let written { return written }
        return try workspace.find(participants: participants)
    }

    func insert(_ rooms: [Room], by number: ImportNumber?) throws {
        try scratch.transaction { try $0.rooms.insert(rooms, by: number) }
    }

    func update(_ room: Room, by number: ImportNumber?) throws {
        try scratch.transaction { scratch in
            if try scratch.rooms.find(id: room.id) == nil, let before = try workspace.find(id: room.id) {
                try scratch.rooms.insert([before], by: nil)
            }
            try scratch.rooms.update(room, by: number)
        }
    }

    func isMade(_ room: RoomID, withAnyOf importIDs: [ImportID]) throws -> Bool {
        if try workspace.isMade(room, withAnyOf: importIDs) { return true }
        return try scratch.transaction { try $0.rooms.isMade(room, withAnyOf: importIDs) }
    }

    func bound(by number: ImportNumber, among rooms: [RoomID]) throws -> Set<RoomID> {
        try workspace.bound(by: number, among: rooms)
            .union(scratch.transaction { try $0.rooms.bound(by: number, among: rooms) })
    }

    func join(_ joining: [JoiningMembers], by number: ImportNumber?) throws {
        try scratch.transaction { try $0.rooms.join(joining, by: number) }
    }

    func memberCount(of room: RoomID) throws -> Int {
        try workspace.memberCount(of: room) + scratch.transaction { try $0.rooms.memberCount(of: room) }
    }

    func members(of room: RoomID, among users: Set<UserID>) throws -> Set<UserID> {
        try workspace.members(of: room, among: users)
            .union(scratch.transaction { try $0.rooms.members(of: room, among: users) })
    }

    func setArchived(_ isArchived: Bool, subscriptionsOf room: RoomID) throws {
        try scratch.transaction { try $0.rooms.setArchived(isArchived, subscriptionsOf: room) }
    }

    func touch(_ added: [RoomID: Int], by operation: OperationID) {}
}
