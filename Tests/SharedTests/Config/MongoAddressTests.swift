// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import Testing

/// What becomes of each option; that the driver and a server take what is kept is in `MongoOptionTests`.
struct MongoAddressTests {
    private static let authorities = BrokerAddress.TLS().authorities

    @Test(arguments: [
        ("", ""), ("/", "/"), ("/db", "/db"), ("/?", "/"), ("/?&", "/"),
        ("/?replicaSet=rs0", "/?replicaSet=rs0"), ("/?REPLICASET=rs0", "/?replicaSet=rs0"),
        ("/?maxPoolSize=4&maxPoolSize=4", "/?maxPoolSize=4"), ("/?tls=TRUE&ssl=true", "/?tls=true"),
        ("/?maxPoolSize=%34", "/?maxPoolSize=4"), ("/?appName=a%26b", "/?appName=a%26b"),
        ("/?compressors=ZLIB,snappy&zlibCompressionLevel=-1", "/?compressors=zlib%2Csnappy&zlibCompressionLevel=-1"),
        ("/?socketTimeoutMS=0&maxPoolSize=0&connectTimeoutMS=5", "/?connectTimeoutMS=5"),
        ("/?journal=true", "/?journal=true"), ("/?j=true", "/?journal=true"), ("/?loadBalanced=false", ""),
        ("/?w=majority&readConcernLevel=local&readPreference=primary", ""),
        ("/?retryWrites=true&w=majority&appName=Cluster0", "/?retryWrites=true&appName=Cluster0"),
        ("/?sslCertificateAuthorityFile=\(authorities)", "/?tlsCAFile=%2Fetc%2Fssl%2Fcerts%2Fca-certificates.crt"),
    ])
    func `what is kept is kept, in one spelling, and nothing is warned of`(rest: String, kept: String) throws {
        let address = try MongoAddress("mongodb://u:p%40@h:1,[::1]\(rest)")
        #expect(address.secretText == "mongodb://u:p%40@h:1,[::1]\(kept.isEmpty && !rest.isEmpty ? "/" : kept)")
        #expect(address.overridden.isEmpty)
        #expect(try MongoAddress(address.secretText).secretText == address.secretText)
    }

    @Test(arguments: [
        "readConcernLevel=majority", "readConcernLevel=linearizable", "readConcernLevel=snapshot",
        "readConcernLevel=available", "w=0", "w=1", "w=mytag", "w=0&journal=true", "wTimeoutMS=1", "wtimeout=1",
        "journal=false", "safe=true", "fsync=true", "slaveOk=true", "readPreference=secondary",
        "readPreference=nearest&readPreferenceTags=dc:ny,rack:1&readPreferenceTags=&maxStalenessSeconds=120",
        "minPoolSize=5", "maxIdleTimeMS=1000", "maxConnecting=2", "waitQueueMultiple=2", "serverSelectionTryOnce=true",
        "timeoutMS=1", "serverMonitoringMode=poll", "uuidRepresentation=standard",
    ])
    func `what is ours to decide is taken out and warned of`(options: String) throws {
        let address = try MongoAddress("mongodb://h/db?retryReads=true&\(options)")
        let rest = options.contains("journal=true") ? "&journal=true" : ""
        #expect(address.secretText == "mongodb://h/db?retryReads=true\(rest)")
        let names = options.split(separator: "&").compactMap { $0.split(separator: "=").first.map(String.init) }
        #expect(
            Set(address.overridden)
                == Set(names.map { $0 == "wtimeout" ? "wTimeoutMS" : $0 }).subtracting(["journal"])
                .union(options.contains("journal=false") ? ["journal"] : []))
        let settings = try LoadedSettings<CustodianSettings>(
            SettingSource(environment: [SettingName.databaseConnectionString.rawValue: "mongodb://h/db?\(options)"]))
        #expect(settings.warnings.count == 1 && settings.warnings[0].contains(address.overridden[0]))
    }

    @Test(arguments: [
        ("replicaSet=", "the option replicaSet as a text of 1 to 256 bytes"),
        ("directConnection=maybe", "the option directConnection as true or false"),
        ("tls=1", "the option tls as true or false"), ("retryWrites=", "the option retryWrites as true or false"),
        ("loadBalanced=true", "the option loadBalanced as false"),
        ("compressors=lz4", "the option compressors as some of snappy,zlib,zstd, separated by commas"),
        ("compressors=zlib,", "the option compressors as some of snappy,zlib,zstd, separated by commas"),
        ("zlibCompressionLevel=10", "the option zlibCompressionLevel as a whole number from -1 to 9"),
        ("maxPoolSize=-1", "the option maxPoolSize as a whole number from 1 to 2147483647, or 0 for the default"),
        ("maxPoolSize=3.5", "the option maxPoolSize as a whole number from 1 to 2147483647, or 0 for the default"),
        (
            "connectTimeoutMS=2147483648",
            "the option connectTimeoutMS as a whole number from 1 to 2147483647, or 0 for the default"
        ),
        ("heartbeatFrequencyMS=499", "the option heartbeatFrequencyMS as a whole number from 500 to 2147483647"),
        ("authSource=", "the option authSource as a text of 1 to 63 bytes"),
        ("authMechanismProperties=x", "the option authMechanismProperties as NAME:VALUE, several separated by commas"),
        (
            "authMechanism=MONGODB-OIDC",
            "the option authMechanism as one of SCRAM-SHA-1, SCRAM-SHA-256, MONGODB-X509, MONGODB-AWS, PLAIN, GSSAPI"
        ),
        ("authMechanism=SCRAM-SHA-256", "a user before the host for authMechanism=SCRAM-SHA-256"),
        ("authMechanism=MONGODB-X509", "the option authMechanism=MONGODB-X509 with tls=true and tlsCertificateKeyFile"),
        ("tlsCAFile=/no/such", "the option tlsCAFile as the path of a PEM file that can be read and holds CERTIFICATE"),
        (
            "tlsCertificateKeyFile=\(authorities)",
            "the option tlsCertificateKeyFile as the path of a PEM file that can be read and holds CERTIFICATE and PRIVATE KEY"
        ),
        (
            "tlsCertificateKeyFilePassword=hush",
            "the option tlsCertificateKeyFilePassword together with tlsCertificateKeyFile"
        ),
        (
            "tlsInsecure=true&tlsAllowInvalidHostnames=true",
            "one of the options tlsInsecure and tlsAllowInvalidHostnames"
        ),
        ("tlsCRLFile=/x", "no option tlsCRLFile: the driver does not read lists of revoked certificates"),
        ("proxyHost=hush", "no option proxyHost: the driver does not go through a SOCKS proxy"),
        ("srvMaxHosts=1", "the option srvMaxHosts only with mongodb+srv://"),
        ("srvServiceName=x", "the option srvServiceName only with mongodb+srv://"),
        (
            "readConcernLevel=strong",
            "the option readConcernLevel as one of local, available, majority, linearizable, snapshot"
        ),
        (
            "readPreference=slave",
            "the option readPreference as one of primary, primaryPreferred, secondary, secondaryPreferred, nearest"
        ),
        ("w=-5", "the option w as a whole number from 0 to 2147483647, or as a name of 1 to 256 bytes"),
        ("retrywritess=true", "only options that are known, and retrywritess is none; did you mean retryWrites?"),
        ("zzzzzzzz=hush", "only options that are known, and zzzzzzzz is none"),
        ("hu%20sh=1", "only options that are known, with % & and = in values as %25 %26 %3D"),
        ("hush", "name=value for each option, separated by &, with % & and = in values as %25 %26 %3D"),
        ("appName=%zz", "the option appName as a text of 1 to 128 bytes"),
        ("appName=", "the option appName as a text of 1 to 128 bytes"),
        ("replicaSet=a&replicaset=b", "the option replicaSet once, not with two values"),
        ("tls=true&ssl=false", "the option tls once, not with two values"),
    ])
    func `what will not do is refused, by name and without its value`(options: String, expected: String) throws {
        let error = #expect(throws: InvalidSettings.self) {
            try LoadedSettings<SchedulerSettings>(
                SettingSource(environment: [SettingName.databaseConnectionString.rawValue: "mongodb://h/?\(options)"]))
        }
        #expect(error?.faults.map(\.description) == ["SIMPLE_SCHEDULER_DB_CONNECTION_STRING: expected \(expected)"])
    }

    @Test(arguments: [
        "mongodb://h?tls=true", "mongodb://u:hush@h?tls=true", "mongodb://u:hush?x@h/", "mongodb://u:hu/sh@h/",
        "mongodb://u:hu@sh@h/", "mongodb://u:hush%zz@h/", "mongodb://:hush@h/", "mongodb://@h/", "mongodb://u:hu:sh@h/",
        "mongodb://h,/", "mongodb://,h/", "mongodb://h:0/", "mongodb://h:65536/", "mongodb://h:x/", "mongodb://h:/",
        "mongodb://::1/", "mongodb://[::1/", "mongodb://[h]/", "mongodb://h h/", "mongodb:///", "mongodb://",
        "mongodb://h/a.b", "mongodb://h/%24external", "mongodb://h/a/b", "mongodb://a,b/?directConnection=true",
        "mongodb+srv://a.b.c/?directConnection=true", "mongodb+srv://a.b.c,d.e.f/", "mongodb+srv://a.b.c:1/",
        "mongodb+srv://a.b.c/?srvMaxHosts=1&replicaSet=x",
    ])
    func `a place that is none is refused without being repeated`(text: String) {
        let error = #expect(throws: InvalidAddress.self) { try MongoAddress(text) }
        #expect(error?.description.contains("hu") == false)
    }

    @Test(arguments: [
        "mongodb://%2Ftmp%2Fmongodb-27017.sock/", "mongodb://u@h/", "mongodb://u:@h/", "mongodb://u%3A:p%2F@h_1.x-y:1/",
        "mongodb+srv://a.b.c", "mongodb+srv://u:p@a.b.c/db?srvMaxHosts=0&replicaSet=x&srvServiceName=mongo",
        "mongodb://h/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN%3Ax",
        "mongodb://u:p@h/?authMechanism=scram-sha-1",
    ])
    func `what is right is taken`(text: String) throws {
        _ = try MongoAddress(text)
    }
}
