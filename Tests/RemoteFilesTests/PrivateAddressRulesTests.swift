import RemoteFiles
import Testing

@Suite("Given the rules for private addresses")
struct PrivateAddressRulesTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.0",
        "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.0",
        "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::2", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1",
        "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
        "3fff:fff:ffff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1",
        "fec0::1", "feff::1", "ff02::1", "ffff::1",
    ])
    func `when an address is not public, then it is rejected with a reason`(text: String) throws {
        let address = try #require(IPAddress(text))

        let purpose = try #require(PrivateAddressRules.refusal(of: address))

        #expect(!purpose.isEmpty)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0",
        "223.255.255.255", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1", "2003::1",
        "3ffe::1", "64:ff9b::8.8.8.8",
    ])
    func `when an address is public, then nothing is said against it`(text: String) throws {
        let address = try #require(IPAddress(text))

        let purpose = PrivateAddressRules.refusal(of: address)

        #expect(purpose == nil)
    }

    @Test func `when the table is read, then no range was lost to a slip`() {
        let rules = PrivateAddressRules.rules

        #expect(rules.count == 32)
        #expect(rules.allSatisfy { AddressRange($0.text) != nil })
    }
}
