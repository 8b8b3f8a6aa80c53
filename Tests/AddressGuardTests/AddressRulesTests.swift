// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import Testing

@Suite struct AddressRulesTests {
    private func rules(_ allowed: String = "", denied: String? = nil, loopback: Bool = false) throws -> AddressRules {
        AddressRules(
            allowed: allowed.isEmpty ? [] : try AddressRules.hosts(allowed),
            denied: try denied.map(AddressRules.networks),
            allowsLoopback: loopback)
    }

    /// Whether a connection to this address may be used for this host.
    private func may(_ rules: AddressRules, _ host: String, _ port: UInt16, at address: String) throws -> Bool {
        rules.objection(to: try #require(IPAddress(address)), host: host, port: port) == nil
    }

    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
        ("1::", "1::"), ("0:0:1::", "0:0:1::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("2001:DB8::00ab", "2001:db8::ab"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
    func `an address is read and written as the standards say`(text: String, expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
        #expect(IPAddress(expected) == IPAddress(text))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4 ", "0x1.2.3.4", ":", ":::", "1:2",
        "1:2:3:4:5:6:7:8:9",
        "::1::", "12345::", "g::", "::1.2.3", "1.2.3.4::", "[::1]", "fe80::1%eth0", "+1.2.3.4", "1:2:3:4:5:6:7:8::",
        "::-1",
        "1:2:3:4:5:6:7:1.2.3.4", "\u{661}.2.3.4",
    ])
    func `anything else is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"), ("0.0.0.0/0", "255.1.2.3", "::1"), ("::/0", "2001::1", "1.2.3.4"),
        ("10.1.2.3", "10.1.2.3", "10.1.2.4"), ("fc00::/7", "fdff::1", "fe00::1"),
        ("10.1.2.3/32", "10.1.2.3", "10.1.2.2"),
        ("10.0.0.0/8", "::ffff:10.1.1.1", "::ffff:11.1.1.1"), ("::ffff:10.0.0.0/104", "10.9.9.9", "::a00:1"),
    ])
    func `a network has the addresses that begin like it`(text: String, inside: String, outside: String) throws {
        let network = try #require(Network(text))
        #expect(network.contains(try #require(IPAddress(inside))))
        #expect(!network.contains(try #require(IPAddress(outside))))
    }

    @Test(arguments: [
        ("10.0.0.1/8", "10.0.0.1/8"), ("10.0.0.0/33", "10.0.0.0/33"), ("::/129", "::/129"), ("10.0.0.0/", "10.0.0.0/"),
        ("10.0.0.0/08", "10.0.0.0/08"), ("10.0.0.0/8,", ""), ("", ""), ("10.0.0.0/8, example.com", "example.com"),
        ("10/8", "10/8"), ("[::1]/128", "[::1]/128"), ("10.0.0.0/8:80", "10.0.0.0/8:80"), ("0/0", "0/0"),
        ("10.0.0.0/-1", "10.0.0.0/-1"), ("10.0.0.0/8 10.0.0.0/9", "10.0.0.0/8 10.0.0.0/9"),
    ])
    func `a bad entry of the denied networks is named`(text: String, entry: String) {
        #expect(throws: InvalidRule(entry: entry, expected: Network.expected)) { try AddressRules.networks(text) }
    }

    @Test(arguments: [
        ("example.com,", ""), ("a, *", "*"), ("*.", "*."), ("a.*.b", "a.*.b"), ("*.10.0.0.1", "*.10.0.0.1"),
        ("http://a", "http://a"), ("a/b", "a/b"), ("a:0", "a:0"), ("a:65536", "a:65536"), ("a:", "a:"), ("a:b", "a:b"),
        ("::1", "::1"), ("2001:db8::1:443", "2001:db8::1:443"), ("[::1", "[::1"), ("[::1]443", "[::1]443"),
        ("[10.0.0.1]", "[10.0.0.1]"), ("127.1", "127.1"), ("0x7f000001", "0x7f000001"), ("0177.0.0.1", "0177.0.0.1"),
        ("10.0.0.1/8", "10.0.0.1/8"), ("10.0.0.0/8:x", "10.0.0.0/8:x"), ("a b", "a b"), ("u@a", "u@a"),
        ("[fe80::1%eth0]", "[fe80::1%eth0]"),
        ("b\u{FC}cher.example", "b\u{FC}cher.example"), ("1.2.3.4.5", "1.2.3.4.5"), ("a..b", "a..b"), ("*", "*"),
    ])
    func `a bad entry of the allowed hosts is named`(text: String, entry: String) {
        #expect(throws: InvalidRule(entry: entry, expected: AllowedHost.expected)) { try AddressRules.hosts(text) }
    }

    @Test func `entries of every kind are understood, with spaces and with ports`() throws {
        let text =
            "example.com, *.Example.org:443 ,10.1.2.3,10.0.0.0/8:8080,[fd00::1],[fd00::1]:443,[fd00::/8]:1,[fd00::]/8:1,fd00::/8,a.:80"
        #expect(try AddressRules.hosts(text).count == 10)
    }

    @Test func `what is named is allowed, and with a list nothing else is`() throws {
        let named = try rules("hooks.example.com,*.corp.example:8443,10.1.2.3,10.9.0.0/16:80")
        #expect(named.objection(host: "HOOKS.example.com.", port: 1) == nil)
        #expect(named.objection(host: "corp.example", port: 8443) == nil)
        #expect(named.objection(host: "a.b.corp.example", port: 8443) == nil)
        #expect(named.objection(host: "10.1.2.3", port: 9) == nil)
        #expect(named.objection(host: "0xa010203", port: 9) == nil)
        #expect(named.objection(host: "[::ffff:10.1.2.3]", port: 9) == nil)
        #expect(named.objection(host: "10.9.1.1", port: 80) == nil)
        #expect(
            named.objection(host: "10.9.1.1", port: 81)?.description == "address not allowed: 10.9.1.1 (not listed)")
        #expect(named.objection(host: "8.8.8.8", port: 80)?.description == "address not allowed: 8.8.8.8 (not listed)")
        // A name that is not listed may have an address that is.
        #expect(named.objection(host: "other.example", port: 80) == nil)
        #expect(try may(named, "other.example", 80, at: "10.9.1.1"))
        #expect(try !may(named, "other.example", 80, at: "93.184.216.34"))
        #expect(try may(named, "hooks.example.com", 80, at: "93.184.216.34"))
        #expect(try !may(named, "xhooks.example.com", 80, at: "93.184.216.34"))
        #expect(try !may(named, "a.corp.example", 8444, at: "93.184.216.34"))
        #expect(try !may(named, "acorp.example", 8443, at: "93.184.216.34"))
        #expect(try !may(named, "corp.example.evil", 8443, at: "93.184.216.34"))
        let names = try rules("hooks.example.com,x.example:444")
        #expect(
            names.objection(host: "other.example", port: 80)?.description
                == "host not allowed: other.example (not listed)")
        #expect(names.objection(host: "x.example", port: 443) != nil)
    }

    @Test func `what is named beats the denied networks, by name, address or network`() throws {
        for (allowed, host) in [("localhost", "localhost"), ("127.0.0.1", "127.0.0.1"), ("127.0.0.0/8", "x.example")] {
            let rules = try rules(allowed)
            #expect(rules.objection(host: host, port: 80) == nil)
            #expect(try may(rules, host, 80, at: "127.0.0.1"))
            #expect(try may(rules, host, 80, at: "::ffff:127.0.0.1"))
        }
        #expect(try !may(try rules("localhost:8000"), "localhost", 80, at: "127.0.0.1"))
        #expect(try !may(try rules("127.0.0.1"), "x.example", 80, at: "64:ff9b::127.0.0.1"))
        let text = reason(try rules("example.com"), "example.org", "127.0.0.1")
        #expect(text == "address not allowed: 127.0.0.1 (loopback)")
    }

    private func reason(_ rules: AddressRules, _ host: String, _ address: String) -> String? {
        IPAddress(address).flatMap { rules.objection(to: $0, host: host, port: 80)?.description }
    }

    @Test(arguments: ["169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254"])
    func `a metadata service is denied always, unless it is named exactly`(address: String) throws {
        let isIPv4 = !address.contains(":")
        let literal = isIPv4 ? address : "[\(address)]"
        let wide = isIPv4 ? "0.0.0.0/0" : "[::/0]"
        for rules in [
            try rules(), try rules(denied: "192.168.0.0/16"), try rules(wide), try rules("metadata.example"),
            try rules("\(wide),metadata.example,*.example"), try rules(loopback: true), try rules("\(literal):81"),
        ] {
            #expect(try !may(rules, "metadata.example", 80, at: address))
            #expect(rules.objection(host: literal, port: 80) != nil)
        }
        let named = try rules("\(literal),metadata.example")
        #expect(try may(named, "metadata.example", 80, at: address))
        #expect(named.objection(host: literal, port: 80) == nil)
        guard isIPv4 else { return }
        #expect(try may(named, "metadata.example", 80, at: "::ffff:\(address)"))
        for prefix in ["64:ff9b::", "::", "::ffff:0:", "64:ff9b:1::"] {
            #expect(try !may(named, "metadata.example", 80, at: prefix + address))
            #expect(
                try !may(
                    try rules("[::/0],metadata.example", denied: "10.0.0.0/8"), "metadata.example", 80,
                    at: prefix + address))
        }
    }

    @Test func `a list of denied networks takes the place of the default`() throws {
        let own = try rules(denied: "10.0.0.0/8,fd00::/8,203.0.113.0/24")
        #expect(
            try may(own, "x", 80, at: "127.0.0.1") && may(own, "x", 80, at: "169.254.1.1")
                && may(own, "x", 80, at: "::1"))
        #expect(reason(own, "x", "10.1.1.1") == "address not allowed: 10.1.1.1 (denied network)")
        #expect(reason(own, "x", "203.0.113.9") == "address not allowed: 203.0.113.9 (documentation)")
        for address in ["::ffff:10.1.1.1", "64:ff9b::10.1.1.1", "2002:a01:101::", "2001:0:1:1::f5fe:fefe", "fd01::1"] {
            #expect(try !may(own, "x", 80, at: address), "\(address)")
        }
        #expect(try may(try rules("10.1.1.1", denied: "10.0.0.0/8"), "x", 80, at: "10.1.1.1"))
        // Loopback is the default's to allow.
        #expect(try !may(try rules(denied: "127.0.0.0/8", loopback: true), "x", 80, at: "127.0.0.1"))
    }

    @Test func `whoever is alone on the machine may call it`() throws {
        let own = try rules(loopback: true)
        #expect(try may(own, "localhost", 80, at: "127.0.0.1") && may(own, "localhost", 80, at: "::1"))
        #expect(try may(own, "localhost", 80, at: "::ffff:127.0.0.1"))
        for address in ["64:ff9b::127.0.0.1", "2002:7f00:1::", "169.254.1.1", "0.0.0.0", "::"] {
            #expect(try !may(own, "localhost", 80, at: address), "\(address)")
        }
        #expect(try !may(try rules("example.com", loopback: true), "localhost", 80, at: "127.0.0.1"))
    }
}
