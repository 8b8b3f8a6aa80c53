// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import NIOSSL
import Shared
import YAML

/// What is shown to servers that ask for a certificate, and whom to trust in place of the system's authorities, by host.
///
/// ```yaml
/// hooks.example.com:
///   certificate: /etc/scheduler/client.pem
///   key: /etc/scheduler/client.key
/// "*.corp.example:8443":
///   authorities: /etc/scheduler/corp-ca.pem
/// ```
struct TLSFile: Sendable {
    private static let maximumSize = 1 << 20

    private struct Entry: Sendable {
        let host: AllowedHost
        let configuration: TLSConfiguration
    }

    /// The more particular before the more general.
    private var entries: [Entry] = []

    /// Nothing for any host.
    init() {}

    /// Reads the file and all that it names.
    ///
    /// - Throws: with every fault, each with its line; paths are shown, nothing of the files.
    init(path: String) throws(InvalidSettings) {
        let documents: [YAMLNode]
        do {
            documents = try YAMLReader.documents(SmallFile.read(path, limit: Self.maximumSize))
        } catch let error as MalformedYAML {
            throw Self.fault("\(path):\(error.line)", "YAML that can be read (\(error.reason))")
        } catch {
            let reason = (error as? UnreadableFile)?.reason ?? "unreadable"
            throw InvalidSettings([
                SettingFault(.httpTLSFile, value: path, expected: "a file that can be read (\(reason))")
            ])
        }
        guard documents.count == 1, case .mapping(let members) = documents[0].content, !members.isEmpty else {
            throw Self.fault(
                "\(path):\(documents.first?.line ?? 1)", "hosts, each with certificate, key or authorities")
        }
        var faults: [SettingFault] = []
        for member in members {
            do throws(InvalidSettings) {
                entries.append(try Self.entry(member, path))
            } catch {
                faults += error.faults
            }
        }
        guard faults.isEmpty else { throw InvalidSettings(faults) }
        entries.sort { $0.host.precision > $1.host.precision }
    }

    /// What a connection to this host needs; `nil` = nothing out of the ordinary.
    func configuration(host: String, port: UInt16) -> TLSConfiguration? {
        let written = WrittenHost(host)
        return entries.first { $0.host.matches(written, port: port) }?.configuration
    }

    private static func entry(_ member: YAMLNode.Member, _ path: String) throws(InvalidSettings) -> Entry {
        let place = "\(path):\(member.line)"
        guard let host = AllowedHost(member.key) else {
            throw fault(
                place, value: member.key, "a name, *.example.com, an address or a network, each with :port or not")
        }
        guard case .mapping(let parts) = member.value.content else {
            throw fault(place, "certificate and key, or authorities, below the host")
        }
        var paths: [String: (text: String, place: String)] = [:]
        for part in parts {
            let place = "\(path):\(part.line)"
            guard ["certificate", "key", "authorities"].contains(part.key) else {
                throw fault(place, value: part.key, "certificate, key or authorities")
            }
            guard case .scalar(.string(let text)) = part.value.content, !text.isEmpty else {
                throw fault("\(place) (\(part.key))", "the path of a PEM file")
            }
            paths[part.key] = (text, place)
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        switch (paths["certificate"], paths["key"]) {
        case (nil, nil): break
        case (let certificate?, let key?):
            let chain = try certificates(certificate, "certificate")
            let secret: NIOSSLPrivateKey
            do {
                secret = try NIOSSLPrivateKey(file: key.text, format: .pem)
            } catch {
                throw fault(
                    "\(key.place) (key)", value: key.text, "a PEM file with a private key, without a passphrase")
            }
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(secret)
        default: throw fault(place, "certificate and key together")
        }
        guard paths["authorities"] != nil || paths["certificate"] != nil else {
            throw fault(place, "certificate and key, or authorities, below the host")
        }
        if let authorities = paths["authorities"] {
            configuration.trustRoots = .certificates(try certificates(authorities, "authorities"))
        } else {
            configuration.trustRoots = SystemRoots.all
        }
        do {
            // Notices a key that is not the certificate's.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw fault("\(paths["key"]?.place ?? place) (key)", "the key of the certificate")
        }
        return Entry(host: host, configuration: configuration)
    }

    private static func certificates(
        _ file: (text: String, place: String), _ name: String
    ) throws(InvalidSettings) -> [NIOSSLCertificate] {
        if let certificates = try? NIOSSLCertificate.fromPEMFile(file.text), !certificates.isEmpty {
            return certificates
        }
        throw fault("\(file.place) (\(name))", value: file.text, "a PEM file with certificates")
    }

    private static func fault(_ subject: String, value: String? = nil, _ expected: String) -> InvalidSettings {
        InvalidSettings([SettingFault(subject: subject, value: value, expected: expected)])
    }
}

/// The authorities that the system trusts, read once: each client would read them anew, which takes it some 25 ms.
enum SystemRoots {
    static let all: NIOSSLTrustRoots = {
        for path in ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"] {
            if let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty {
                return .certificates(certificates)
            }
        }
        return .default
    }()
}
