// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import Shared
import Testing

/// URLs with which others were made to call what they should not, and what is said of each when a job is written; what is a name here
/// is judged again by the address that it has.
@Suite struct ForgedRequestTests {
    enum Verdict: Sendable, Hashable {
        /// It may be written.
        case passes
        /// `address not allowed: … (class)`.
        case denied(String)
        /// `host not allowed: …`: no resolver should be asked what it means.
        case unclear
        /// It is no URL for us.
        case malformed
    }

    /// What is said of a URL by rules without settings.
    static func verdict(_ url: String, _ rules: AddressRules = AddressRules()) -> Verdict {
        guard let target = try? HTTPDelivery.url(url) else { return .malformed }
        guard let text = HTTPDelivery(url: target).objection(by: rules)?.description else { return .passes }
        if text.hasPrefix("host not allowed: ") { return .unclear }
        guard text.hasPrefix("address not allowed: "), let start = text.lastIndex(of: "(") else { return .malformed }
        return .denied(String(text[text.index(after: start)...].dropLast()))
    }

    static let loopback: [String] = [
        "http://127.0.0.1/", "http://127.0.0.1", "https://127.0.0.1/", "HTTP://127.0.0.1/", "http://127.0.0.1:8080/a",
        "http://127.0.0.1:65535/", "http://127.0.0.1?x", "http://127.0.0.1./", "http://127.1/", "http://127.0.1/",
        "http://127.1./", "http://127.255.255.255/", "http://127.0.0.2/", "http://2130706433/", "http://2130706433./",
        "http://0x7f000001/", "http://0X7F000001/", "http://0x7F.1/", "http://0x7f.0.0.1/",
        "http://0x7f.0x0.0x0.0x1/", "http://0x7f.0x000001/", "http://0177.0.0.1/", "http://0177.1/",
        "http://017700000001/", "http://0000177.0.0.01/", "http://00000000177.0.0.1/", "http://127.0.0.01/",
        "http://127.00.0.1/", "http://127.0x0.0.1/", "http://127.0x1/", "http://127.0.0x1/", "http://0x7f.1:80/",
        "http://0x0000007f000001/", "http://127.16777215/", "http://127.0.65535/", "http://[::1]/", "http://[::1]:80/",
        "http://[0:0:0:0:0:0:0:1]/", "http://[0000:0000:0000:0000:0000:0000:0000:0001]/", "http://[::0001]/",
        "http://[0::1]/", "http://[::0.0.0.1]/", "http://[::ffff:127.0.0.1]/", "http://[::FFFF:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[::ffff:7f00:0001]:443/", "http://[0:0:0:0:0:ffff:127.0.0.1]/",
        "http://[0000::ffff:7f00:0001]/", "http://[::127.0.0.1]/", "http://[::7f00:1]/", "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[0064:ff9b::7f00:0001]/",
        "http://[64:ff9b:1::127.0.0.1]/", "http://[64:ff9b:1:7f00:0:100::]/", "http://[2002:7f00:1::]/",
        "http://[2002:7f00:0001::1]/", "http://[2002:7f00:1:1:2:3:4:5]/", "http://[2001:0:5ef5:79fd:0:0:80ff:fffe]/",
        "http://[2001:0:7f00:1::f5ff:fffe]/", "http://[2001:0000:4136:e378:8000:63bf:80ff:fffe]/",
    ]

    static let others: [(String, Verdict)] = [
        ("http://0.0.0.0/", .denied("unspecified")), ("http://0/", .denied("unspecified")),
        ("http://00000000000/", .denied("unspecified")), ("http://0x0/", .denied("unspecified")),
        ("http://0x/", .denied("unspecified")), ("http://0.0/", .denied("unspecified")),
        ("http://0.1.2.3/", .denied("unspecified")), ("http://1/", .denied("unspecified")),
        ("http://[::]/", .denied("unspecified")), ("http://[0:0:0:0:0:0:0:0]/", .denied("unspecified")),
        ("http://[::ffff:0.0.0.0]/", .denied("unspecified")), ("http://[64:ff9b::]/", .denied("unspecified")),
        ("http://[2002::1]/", .denied("unspecified")),
        ("http://169.254.169.254/latest/meta-data/", .denied("link-local")),
        ("http://169.254.169.254./", .denied("link-local")), ("http://2852039166/", .denied("link-local")),
        ("http://0xA9FEA9FE/", .denied("link-local")), ("http://0xa9.0xfe.0xa9.0xfe/", .denied("link-local")),
        ("http://0251.0376.0251.0376/", .denied("link-local")), ("http://025177524776/", .denied("link-local")),
        ("http://169.254.43518/", .denied("link-local")), ("http://169.16689662/", .denied("link-local")),
        ("http://[::ffff:169.254.169.254]/", .denied("link-local")),
        ("http://[::ffff:a9fe:a9fe]/", .denied("link-local")),
        ("http://[64:ff9b::a9fe:a9fe]/", .denied("link-local")), ("http://[2002:a9fe:a9fe::]/", .denied("link-local")),
        ("http://[2001::5601:5601]/", .denied("unspecified")),
        ("http://[2001:0:4136:e378:0:0:5601:5601]/", .denied("link-local")),
        ("http://169.254.170.2/v2/credentials", .denied("link-local")), ("http://169.254.1.1/", .denied("link-local")),
        ("http://[fd00:ec2::254]/", .denied("cloud metadata")),
        ("http://[fd00:0ec2:0:0:0:0:0:0254]/", .denied("cloud metadata")),
        ("http://100.100.100.200/", .denied("CGNAT")), ("http://1684301000/", .denied("CGNAT")),
        ("http://[::ffff:100.100.100.200]/", .denied("CGNAT")), ("http://100.64.0.1/", .denied("CGNAT")),
        ("http://100.127.255.255/", .denied("CGNAT")), ("http://[64:ff9b::100.64.0.1]/", .denied("CGNAT")),
        ("http://[fe80::1]/", .denied("link-local")), ("http://[febf:ffff::1]/", .denied("link-local")),
        ("http://[FE80::A]:8080/", .denied("link-local")),
        ("http://224.0.0.1/", .denied("multicast")), ("http://239.255.255.250/", .denied("multicast")),
        ("http://0xe0000001/", .denied("multicast")), ("http://[ff02::1]/", .denied("multicast")),
        ("http://[ff0e::1]/", .denied("multicast")), ("http://[::ffff:224.0.0.1]/", .denied("multicast")),
        ("http://255.255.255.255/", .denied("broadcast")), ("http://4294967295/", .denied("broadcast")),
        ("http://0xffffffff/", .denied("broadcast")), ("http://037777777777/", .denied("broadcast")),
        ("http://[::ffff:255.255.255.255]/", .denied("broadcast")),
        ("http://192.0.2.1/", .denied("documentation")), ("http://198.51.100.7/", .denied("documentation")),
        ("http://203.0.113.255/", .denied("documentation")), ("http://[2001:db8::1]/", .denied("documentation")),
        ("http://[3fff::1]/", .denied("documentation")), ("http://[2002:c000:0201::]/", .denied("documentation")),
        // No address, and yet some resolver may know one.
        ("http://4294967296/", .unclear), ("http://0x100000000/", .unclear), ("http://127.0.0.1.1/", .unclear),
        ("http://256.0.0.1/", .unclear), ("http://127.0.0.256/", .unclear), ("http://127.256.1/", .unclear),
        ("http://127.0.65536/", .unclear), ("http://127.16777216/", .unclear), ("http://0x7f.0.0.0x100/", .unclear),
        ("http://0389.0.0.1/", .unclear), ("http://127.0.0.08/", .unclear), ("http://1.2.3.4.5/", .unclear),
        ("http://example.com.1/", .unclear), ("http://foo.0x7f/", .unclear), ("http://127..1/", .unclear),
        ("http://127.0.0.1../", .unclear), ("http://.127.0.0.1/", .unclear), ("http://a..b/", .unclear),
        ("http://18446744073709551617/", .unclear), ("http://0x10000000000000001/", .unclear),
        ("http://99999999999999999999999/", .unclear),
        ("http://0000000000000000000000000000000000000000000000200000000001/", .unclear),
        ("http://[1::2::3]/", .unclear), ("http://[:::]/", .unclear), ("http://[12345::]/", .unclear),
        ("http://[::ffff:127.1]/", .unclear), ("http://[::ffff:0x7f.0.0.1]/", .malformed),
        ("http://[1:2:3:4:5:6:7:8:9]/", .unclear), ("http://[1:2:3:4:5:6:7]/", .unclear),
        ("http://[::127.0.0.1:1]/", .unclear), ("http://[::ffff:127.0.0.01]/", .unclear),
        // No URL for us.
        ("http://user@127.0.0.1/", .malformed), ("http://127.0.0.1@example.com/", .malformed),
        ("http://example.com@127.0.0.1/", .malformed), ("http://a:b@example.com/", .malformed),
        ("http://example.com#@127.0.0.1/", .malformed), ("http://example.com\\@127.0.0.1/", .malformed),
        ("http:\\\\127.0.0.1/", .malformed), ("http:/127.0.0.1/", .malformed), ("http:127.0.0.1/", .malformed),
        ("//127.0.0.1/", .malformed), ("http:///127.0.0.1/", .malformed), ("http://", .malformed),
        ("http://127.0.0.1%2f@example.com/", .malformed), ("http://127.0.0.1%00.example.com/", .malformed),
        ("http://%31%32%37.0.0.1/", .malformed), ("http://127%2e0%2e0%2e1/", .malformed),
        ("http://example.com%0d%0aHost:x/", .malformed), ("http://exa mple.com/", .malformed),
        ("http://example.com\t/", .malformed), ("http://example.com\r\nX: y/", .malformed),
        ("http://[fe80::1%25eth0]/", .malformed), ("http://[fe80::1%eth0]/", .malformed),
        ("http://[::1%25lo]/", .malformed), ("http://[::1/", .malformed), ("http://::1/", .malformed),
        ("http://[::1]x/", .malformed), ("http://[v1.x]/", .malformed), ("http://[127.0.0.1]/", .malformed),
        ("http://127.0.0.1:0/", .malformed), ("http://127.0.0.1:65536/", .malformed),
        ("http://127.0.0.1:080000/", .malformed), ("http://127.0.0.1:+80/", .malformed),
        ("http://127.0.0.1:/", .malformed), ("http://127.0.0.1:80:80/", .malformed), ("http://./", .malformed),
        ("http://\u{FF11}\u{FF12}\u{FF17}.0.0.1/", .malformed), ("http://127\u{3002}0\u{3002}0\u{3002}1/", .malformed),
        ("http://\u{2460}\u{2461}\u{2466}.0.0.1/", .malformed), ("http://\u{24DB}ocalhost/", .malformed),
        ("http://b\u{FC}cher.example/", .malformed), ("http://ex\u{AD}ample.com/", .malformed),
        ("file:///etc/passwd", .malformed), ("ftp://127.0.0.1/", .malformed),
        ("gopher://127.0.0.1:6379/_x", .malformed),
        ("http+unix://%2Fvar%2Frun%2Fdocker.sock/x", .malformed), ("unix:///var/run/docker.sock", .malformed),
        ("javascript:alert(1)", .malformed), ("dict://127.0.0.1:11211/", .malformed),
        ("https+unix://%2Ftmp%2Fs/", .malformed), (" http://127.0.0.1/", .malformed), ("data:,x", .malformed),
    ]

    static let passing: [String] = [
        "http://example.com/", "https://example.com:8443/a?b=c", "http://EXAMPLE.com./", "http://10.0.0.1/",
        "http://192.168.1.1/", "http://172.16.0.1:8080/", "http://8.8.8.8/", "http://[2606:4700::1111]/",
        "http://[fd12::1]/",
        "http://[fc00::1]/", "http://[::ffff:10.0.0.1]/", "http://[2002:a00:1::]/", "http://100.63.255.255/",
        "http://100.128.0.1/",
        "http://126.255.255.255/", "http://128.0.0.1/", "http://223.255.255.255/", "http://192.0.3.1/",
        "http://xn--bcher-kva.example/", "http://a_b.example/", "http://127.0.0.1.example.com/",
        "http://127.0.0.1.nip.io/", "http://169.254.169.254.nip.io/", "http://localtest.me/", "http://deadbeef/",
        "http://0x7f000001.example/", "http://1e3/", "http://localhost/", "http://localhost./", "http://LOCALHOST:80/",
        "http://metadata.google.internal/", "http://example.com/?u=http://127.0.0.1/", "http://example.com/%2e%2e/",
    ]

    @Test(arguments: loopback)
    func `loopback is denied in every spelling`(url: String) {
        #expect(Self.verdict(url) == .denied("loopback"))
        // To whoever owns the machine alone it is allowed, but not inside of another kind of address.
        let own = Self.verdict(url, AddressRules(allowsLoopback: true))
        #expect(own == .passes || own == .denied("loopback") && url.contains("["))
        #expect(Self.verdict(url, AddressRules(allowsLoopback: false)) == .denied("loopback"))
    }

    @Test(arguments: others)
    func `each is judged for what it is`(url: String, expected: Verdict) {
        #expect(Self.verdict(url) == expected)
    }

    @Test(arguments: passing)
    func `names and public and private addresses may be written`(url: String) {
        #expect(Self.verdict(url) == .passes)
    }

    @Test func `there are enough of them`() {
        #expect(Self.loopback.count + Self.others.count >= 150)
        let all = Self.loopback + Self.others.map(\.0) + Self.passing
        #expect(Set(all).count == all.count)
    }

    @Test func `a verdict is one line that names the address and its class`() {
        let texts = [
            "http://0xA9FEA9FE/": "address not allowed: 169.254.169.254 (link-local)",
            "http://[::FFFF:127.0.0.1]/": "address not allowed: ::ffff:127.0.0.1 (loopback)",
            "http://[2002:7f00:1::]/": "address not allowed: 2002:7f00:1:: (loopback)",
            "http://127.0.0.1.1/": "host not allowed: 127.0.0.1.1 (neither a name nor an address that is clear)",
        ]
        for (url, text) in texts {
            #expect(HTTPDelivery(url: url).objection(by: AddressRules())?.description == text)
        }
    }
}
