// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import Testing

struct BrokerAddressTests {
    private static let authorities = BrokerAddress.TLS().authorities

    /// RabbitMQ's "URI Specification", appendix A, as far as it is not about an empty user.
    @Test(arguments: [
        ("amqp://user:pass@host:10000/vhost", "user", "pass", "host", 10_000, "vhost"),
        ("amqp://user%61:%61pass@ho%61st:10000/v%2fhost", "usera", "apass", "hoast", 10_000, "v/host"),
        ("amqp://user@host", "user", "guest", "host", 5_672, "/"),
        ("amqp://user:@host", "user", "", "host", 5_672, "/"),
        ("amqp://host:10000", "guest", "guest", "host", 10_000, "/"),
        ("amqp://host/%2f", "guest", "guest", "host", 5_672, "/"),
        ("amqp://[::1]", "guest", "guest", "::1", 5_672, "/"), ("amqps://[::1]:1/v?", "guest", "guest", "::1", 1, "v"),
        ("amqps://host/", "guest", "guest", "host", 5_671, "/"), ("amqp://u:p:q@h", "u", "p:q", "h", 5_672, "/"),
        ("amqp://u:p%40%3A%2F%3F@h/%40", "u", "p@:/?", "h", 5_672, "@"),
    ])
    func `an address is taken apart`(
        text: String, user: String, password: String, host: String, port: Int, virtualHost: String
    ) throws {
        let address = try BrokerAddress(text)
        #expect(address.user == user && address.password == password)
        #expect(address.host == host && address.port == port && address.virtualHost == virtualHost)
        #expect((address.tls != nil) == text.hasPrefix("amqps"))
    }

    @Test(arguments: [
        "amqp://:hush@h", "amqp://@h", "amqp://:@h", "amqp://", "amqp:///v", "amqp://u:hush@", "amqp://h:0",
        "amqp://h:65536", "amqp://h:", "amqp://h:x", "amqp://a:1,b:2/", "amqp://a,b", "amqp://::1", "amqp://[::1",
        "amqp://h/a/b", "amqp://h/%zz", "amqp://u:hu#sh@h", "amqp://u:hu/sh@h", "amqp://u:hu@sh@h",
        "amqp://u:hush%zz@h",
        "amqp://u:hush%00@h", "amqp://h h", "amqp://h\n", "http://u:hush@h",
    ])
    func `what is none is refused without being repeated`(text: String) {
        let error = #expect(throws: InvalidAddress.self) { try BrokerAddress(text) }
        #expect(error?.description.contains("hu") == false)
    }

    @Test func `options are taken`() throws {
        let address = try BrokerAddress(
            "amqps://h/v?HEARTBEAT=7&connection_timeout=900&cacertfile=\(Self.authorities)&verify=verify_none"
                + "&auth_mechanism=plain&channel_max=0")
        #expect(address.heartbeat == .seconds(7) && address.connectTimeout == .milliseconds(900))
        #expect(address.tls?.authorities == Self.authorities && address.tls?.verifiesPeer == false)
        #expect(address.overridden == ["channel_max"])
        #expect(try BrokerAddress("amqp://h?heartbeat=0&connection_timeout=0").heartbeat == nil)
    }

    @Test(arguments: [
        ("amqp://h?heartbeat=x", "the option heartbeat as a whole number from 1 to 3600, or 0 for the default"),
        ("amqp://h?heartbeat=-1", "the option heartbeat as a whole number from 1 to 3600, or 0 for the default"),
        (
            "amqp://h?connection_timeout=30000",
            "the option connection_timeout as a whole number from 1 to 5000, or 0 for the default"
        ),
        ("amqp://h?channel_max=70000", "the option channel_max as a whole number from 0 to 65535"),
        ("amqp://h?auth_mechanism=external", "the option auth_mechanism as plain"),
        ("amqp://h?cacertfile=\(authorities)", "amqps:// with the option cacertfile: amqp:// is not encrypted"),
        ("amqp://h?verify=verify_peer", "amqps:// with the option verify: amqp:// is not encrypted"),
        ("amqps://h?verify=maybe", "the option verify as one of verify_peer, verify_none"),
        (
            "amqps://h?cacertfile=/no/such",
            "the option cacertfile as the path of a PEM file that can be read and holds CERTIFICATE"
        ),
        ("amqps://h?certfile=\(authorities)", "both of the options certfile and keyfile, or none"),
        (
            "amqps://h?server_name_indication=x",
            "no option server_name_indication: the name of the host is the one that is sent and checked"
        ),
        ("amqp://h?heartbeats=7", "only options that are known, and heartbeats is none; did you mean heartbeat?"),
        ("amqp://h?heartbeat", "name=value for each option, separated by &, with % & and = in values as %25 %26 %3D"),
        ("amqp://h?heartbeat=5&heartbeat=6", "the option heartbeat once, not with two values"),
    ])
    func `options that will not do are refused`(text: String, expected: String) throws {
        for type in [.scheduler, .custodian, .api] as [Service] {
            let error = #expect(throws: InvalidSettings.self) { try type.load([.busConnectionString: text]) }
            #expect(
                error?.faults.map(\.description) == [
                    "SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING: expected \(expected)"
                ])
        }
    }

    enum Service {
        case scheduler, custodian, api

        func load(_ values: [SettingName: String]) throws {
            var values = values
            values[.oidcIssuer] = "https://id.example"
            let source = SettingSource(
                environment: Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
            switch self {
            case .scheduler: _ = try LoadedSettings<SchedulerSettings>(source)
            case .custodian: _ = try LoadedSettings<CustodianSettings>(source)
            case .api: _ = try LoadedSettings<APISettings>(source)
            }
        }
    }

    @Test(arguments: [
        (SettingName.oidcIssuer, "id.example"), (.oidcIssuer, "https://id.example/.well-known/openid-configuration"),
        (.oidcIssuer, "https://u:p@id.example"), (.oidcIssuer, "https://id.example?x"),
        (.oidcIssuer, "https://id.example#x"),
        (.oidcIssuer, "ftp://id.example"), (.oidcIssuer, "https://id.example:0"), (.apiURL, "http://localhost:8080"),
        (.apiURL, "localhost:8080/api"), (.apiURL, "8080"), (.apiURL, "localhost"), (.apiURL, "::1:8080"),
        (.apiURL, "*:8080"), (.healthAddress, "http://localhost:9090"), (.healthAddress, "localhost:9090/livez"),
    ])
    func `other addresses of the API are refused with what was expected`(name: SettingName, value: String) throws {
        var values: [SettingName: String] = [.oidcIssuer: "https://id.example"]
        values[name] = value
        let source = SettingSource(
            environment: Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
        let error = #expect(throws: InvalidSettings.self) { try LoadedSettings<APISettings>(source) }
        #expect(error?.faults.map(\.subject) == [name.rawValue])
        #expect(error?.faults.first?.value == value)
    }
}
