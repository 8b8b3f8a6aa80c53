// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A MongoDB connection string that was looked through: what we decide is taken out, the rest is legal.
///
/// Source: MongoDB's specifications "Connection String" and "URI Options", and the manual of libmongoc 1.23
/// (`mongoc_uri_t`). Reading what it gives gives the same again.
package struct MongoAddress: Sendable {
    /// For the driver only; never to be logged, shown or put into an error.
    package let secretText: String
    /// The options that were written and have no effect, in the spelling of their documentation.
    package let overridden: [String]
    /// The name of a database after the host; the driver looks users up in it unless an option says where.
    package let database: String?

    private static let form = "mongodb://[user:password@]host[:port][,host…]/[?options]"
    private static let escapes = "with special characters of user and password as %XX, such as %40 for @"

    /// Takes a connection string apart.
    ///
    /// - Throws: what was expected; nothing of the string is repeated but names of options.
    package init(_ text: String) throws(InvalidAddress) {
        guard let scheme = ["mongodb", "mongodb+srv"].first(where: { text.hasPrefix($0 + "://") }),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
        else { throw InvalidAddress("a connection string that starts with mongodb:// or mongodb+srv://") }
        let rest = text.dropFirst(scheme.count + 3)
        let head = rest.prefix { $0 != "?" }
        let query = rest[head.endIndex...].dropFirst()
        let (user, place) = try Self.split(head, hasQuery: head.endIndex < rest.endIndex)
        let hosts = place.prefix { $0 != "/" }
        let hostCount = try Self.checkHosts(hosts, isLookedUp: scheme == "mongodb+srv")
        database = try Self.database(place[hosts.endIndex...].dropFirst())
        let options = try AddressOptions(query, known: AddressOption.mongo, repeatable: ["readPreferenceTags"])
        try Self.check(
            options, hasUser: !(user ?? "").isEmpty, hostCount: hostCount, isLookedUp: scheme == "mongodb+srv")
        overridden = options.overridden
        var shortened = "\(scheme)://\(head)"
        if !options.kept.isEmpty {
            shortened += place.contains("/") ? "?" : "/?"
            shortened += options.kept.map { "\($0.name)=\(PercentText.encode($0.value))" }.joined(separator: "&")
        }
        secretText = shortened
    }

    /// User info, if any, and what follows it.
    private static func split(
        _ head: Substring, hasQuery: Bool
    ) throws(InvalidAddress) -> (user: Substring?, place: Substring) {
        guard let end = head.lastIndex(of: "@") else {
            if hasQuery, !head.contains("/") {
                throw InvalidAddress("\(form): a / before the ?, \(escapes)")
            }
            return (nil, head)
        }
        let user = head[..<end]
        let parts = user.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ PercentText.decode($0.utf8) != nil }), !parts[0].isEmpty,
            !user.contains(where: { "@/".contains($0) })
        else { throw InvalidAddress("\(form) \(escapes)") }
        let place = head[head.index(after: end)...]
        if hasQuery, !place.contains("/") { throw InvalidAddress("\(form): a / before the ?, \(escapes)") }
        return (user, place)
    }

    /// How many hosts there are.
    private static func checkHosts(_ hosts: Substring, isLookedUp: Bool) throws(InvalidAddress) -> Int {
        let hosts = hosts.split(separator: ",", omittingEmptySubsequences: false)
        if isLookedUp {
            guard hosts.count == 1, let host = AddressHost(hosts[0]), host.port == nil
            else { throw InvalidAddress("mongodb+srv://NAME with one name, and without a port") }
            return 1
        }
        guard hosts.allSatisfy({ AddressHost($0) != nil }) else {
            throw InvalidAddress("\(form) with hosts separated by commas, [::1] for IPv6, and ports from 1 to 65535")
        }
        return hosts.count
    }

    private static func database(_ name: Substring) throws(InvalidAddress) -> String? {
        guard let name = PercentText.decode(name.utf8), !name.contains(where: { "/\\. \"$".contains($0) }) else {
            throw InvalidAddress(
                "the name of a database after the /, which is where users are looked up; the jobs are in "
                    + SettingName.databaseName.rawValue)
        }
        return name.isEmpty ? nil : name
    }

    /// What goes together and what does not.
    private static func check(
        _ options: AddressOptions, hasUser: Bool, hostCount: Int, isLookedUp: Bool
    ) throws(InvalidAddress) {
        for name in ["srvServiceName", "srvMaxHosts"] where options[name] != nil && !isLookedUp {
            throw InvalidAddress("the option \(name) only with mongodb+srv://")
        }
        if options["srvMaxHosts"] ?? "0" != "0", options["replicaSet"] != nil {
            throw InvalidAddress("the option srvMaxHosts without replicaSet")
        }
        if options["directConnection"] == "true", hostCount > 1 || isLookedUp {
            throw InvalidAddress("the option directConnection=true with mongodb:// and one host")
        }
        let loosened = [
            "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames", "tlsDisableOCSPEndpointCheck",
            "tlsDisableCertificateRevocationCheck",
        ]
        if options["tlsInsecure"] != nil, let other = loosened.first(where: { options[$0] != nil }) {
            throw InvalidAddress("one of the options tlsInsecure and \(other)")
        }
        if options["tlsCertificateKeyFilePassword"] != nil, options["tlsCertificateKeyFile"] == nil {
            throw InvalidAddress("the option tlsCertificateKeyFilePassword together with tlsCertificateKeyFile")
        }
        switch options["authMechanism"] {
        // The driver of Debian 12 crashes without a certificate.
        case "MONGODB-X509"? where options["tlsCertificateKeyFile"] == nil || options["tls"] == "false":
            throw InvalidAddress("the option authMechanism=MONGODB-X509 with tls=true and tlsCertificateKeyFile")
        case "MONGODB-X509"?, "MONGODB-AWS"?, nil: break
        case let mechanism?:
            guard hasUser else { throw InvalidAddress("a user before the host for authMechanism=\(mechanism)") }
        }
    }
}
