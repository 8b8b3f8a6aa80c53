// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Glibc

/// Serves the documents of an issuer to whoever connects on this machine, one at a time, until the process ends.
struct IssuerServer {
    /// The issuer whose documents these are; its name is the server's address.
    let issuer: BenchmarkIssuer

    /// Listens on a free port.
    init() throws {
        let (descriptor, port) = try LocalSocket.listen()
        issuer = try BenchmarkIssuer(name: "http://127.0.0.1:\(port)")
        let documents = (discovery: issuer.discovery, keySet: try issuer.keySet())
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                Self.answer(connection, documents)
                close(connection)
            }
        }
    }

    private static func answer(_ connection: Int32, _ documents: (discovery: String, keySet: String)) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(connection, &buffer, buffer.count)
        guard count > 0 else { return }
        let line = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\r\n").first ?? ""
        let body = line.contains("/keys ") ? documents.keySet : documents.discovery
        let answer = Array(
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                + "Connection: close\r\n\r\n" + body).utf8)
        _ = write(connection, answer, answer.count)
    }
}
