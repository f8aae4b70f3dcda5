internal import NIOCore

extension IPAddress {
    /// The socket address of this address and a port.
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
