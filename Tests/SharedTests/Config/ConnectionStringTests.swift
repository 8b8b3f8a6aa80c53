// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

struct ConnectionStringTests {
    @Test(arguments: [
        ("mongodb://h", "mongodb://h"),
        ("mongodb://h1:1,h2:2/db?replicaSet=rs", "mongodb://h1:1,h2:2/db"),
        ("mongodb://u:hush@h:1/db?authSource=x", "mongodb://***@h:1/db"),
        ("mongodb+srv://u:hush@h/db", "mongodb+srv://***@h/db"),
        ("amqps://hush@h:1/v", "amqps://***@h:1/v"),
        ("amqp://u:hush@hush@h/", "amqp://***@h/"),
        ("amqp://u:hu/sh@h/", "amqp://***@h/"),
        ("amqp://u:hush?hush@h/", "amqp://***"),
        ("amqp://u:hush#hush@h/", "amqp://***"),
        ("amqp://u:hush@hush?hush@h/", "amqp://***"),
        ("mongodb://h/db?tlsCertificateKeyFilePassword=hu@sh", "mongodb://***"),
    ])
    func `whatever prints it prints it masked`(text: String, shown: String) throws {
        let string = try #require(ConnectionString(text, schemes: ["mongodb", "mongodb+srv", "amqp", "amqps"]))
        #expect(string.description == shown)
        #expect(string.secretText == text)
        var dumped = ""
        dump(string, to: &dumped)
        for output in ["\(string)", String(reflecting: string), "\([string])", dumped] {
            #expect(!output.contains("hush"))
        }
    }
}
