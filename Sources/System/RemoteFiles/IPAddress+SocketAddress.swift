internal import NIOCore

extension IPAddress {
    /// This address and a port, to connect to.
    func socketAddress(port: UInt16) throws -> SocketAddress {
        var packed = ByteBuffer()
        switch self {
        case .v4(let number):
            packed.writeInteger(number)
        case .v6(let number):
            packed.writeInteger(number)
        }
        return try SocketAddress(packedIPAddress: packed, port: Int(port))
    }
}
