// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import Foundation
import HTTPSink
import NIOSSL
import Shared

extension RunRequest {
    /// The second attempt at a run of the job `report`.
    static func sample(
        _ url: String, payload: JSONValue? = nil, _ edit: (inout HTTPDelivery) -> Void = { _ in }
    ) throws -> RunRequest {
        var delivery = HTTPDelivery(url: url)
        edit(&delivery)
        let slot = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
        let message = ActionMessage(
            jobName: try JobName("report"), runID: RunID(Identifier(high: 7, low: 9)), action: .run, attempt: 2,
            scheduledTime: slot, payload: payload, decidedAt: slot)
        return RunRequest(message: message, slot: slot, delivery: delivery)
    }
}

extension HTTPRequestSink {
    /// One that may call this machine.
    static func forLoopback(
        tlsFile: String? = nil, names: NameLookup? = nil, _ edit: (inout HTTPSettings) -> Void = { _ in }
    ) throws -> HTTPRequestSink {
        var settings = HTTPSettings(rules: AddressRules(allowsLoopback: true))
        settings.tlsFile = tlsFile
        edit(&settings)
        return try HTTPRequestSink(settings, names: names)
    }
}

/// Certificates of an authority of the tests' own, made once: for `receiver.test`, valid, expired and of somebody else, and one for a client.
struct TestCertificates {
    static let shared = Result { try TestCertificates() }

    private let folder: URL

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "sink-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.arguments = [
            "-ec",
            """
            key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
            for ca in ca other; do openssl req -x509 $key -keyout $ca.key -out $ca.pem -subj /CN=$ca -days 30; done
            openssl req $key -keyout server.key -out server.csr -subj /CN=receiver.test \
                -addext subjectAltName=DNS:receiver.test
            openssl req $key -keyout client.key -out client.csr -subj /CN=scheduler
            sign() { openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -days $3 -copy_extensions copy -out $4.pem; }
            sign server ca 20 server
            sign server ca -1 expired
            sign server other 20 foreign
            sign client ca 20 client
            """,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CancellationError() }
    }

    /// The path of `ca`, `other`, `server`, `expired`, `foreign`, `client` with `.pem` or `.key`.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A server that shows this certificate; with `asks` it wants one of the authority's from the client.
    func server(_ name: String = "server", asks: Bool = false, protocols: [String] = []) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(path("\(name).pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path("server.key"), format: .pem)))
        configuration.applicationProtocols = protocols
        if asks {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(path("ca.pem"))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// A file of this text among them, where `DIR` stands for their folder.
    func file(_ text: String) throws -> String {
        let path = self.path("\(UUID().uuidString).yaml")
        try Data(text.replacing("DIR", with: folder.path).utf8).write(to: URL(filePath: path))
        return path
    }
}
