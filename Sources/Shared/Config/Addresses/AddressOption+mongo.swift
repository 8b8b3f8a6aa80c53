// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension AddressOption {
    /// Every option of MongoDB's specification and of libmongoc 1.23 (docs/configuration.md).
    static let mongo = mongoConnection + mongoSecurity + mongoOverridden

    private static let largest = Int(Int32.max)

    private static let mongoConnection: [AddressOption] = [
        .kept("replicaSet", .text(longest: 256)),
        .kept("directConnection", .flag),
        .overridden("loadBalanced", .word(["false"]), ours: "false"),
        .kept("srvServiceName", .text(longest: 62)),
        .kept("srvMaxHosts", .number(0...largest)),
        .kept("appName", .text(longest: 128)),
        .kept("compressors", .words(["snappy", "zlib", "zstd"])),
        .kept("zlibCompressionLevel", .number(-1...9)),
        .kept("connectTimeoutMS", .limit(1...largest)),
        .kept("socketTimeoutMS", .limit(1...largest)),
        .kept("serverSelectionTimeoutMS", .limit(1...largest)),
        .kept("waitQueueTimeoutMS", .limit(1...largest)),
        .kept("maxPoolSize", .limit(1...largest)),
        .kept("heartbeatFrequencyMS", .number(500...largest)),
        .kept("localThresholdMS", .number(0...largest)),
        .kept("socketCheckIntervalMS", .number(0...largest)),
        .kept("retryReads", .flag),
        .kept("retryWrites", .flag),
        AddressOption(name: "journal", value: .flag, effect: .keptOnly("true"), otherNames: ["j"]),
    ]

    private static let mongoSecurity: [AddressOption] =
        [
            .kept("tls", .flag, or: "ssl"),
            .kept("tlsInsecure", .flag),
            .kept("tlsAllowInvalidCertificates", .flag, or: "sslAllowInvalidCertificates"),
            .kept("tlsAllowInvalidHostnames", .flag, or: "sslAllowInvalidHostnames"),
            .kept("tlsDisableOCSPEndpointCheck", .flag),
            .kept("tlsDisableCertificateRevocationCheck", .flag),
            .kept("tlsCAFile", .file(["CERTIFICATE"]), or: "sslCertificateAuthorityFile"),
            .kept("tlsCertificateKeyFile", .file(["CERTIFICATE", "PRIVATE KEY"]), or: "sslClientCertificateKeyFile"),
            .kept("tlsCertificateKeyFilePassword", .text(longest: 1_024), or: "sslClientCertificateKeyPassword"),
            .kept("tlsCRLFile", .refused("the driver does not read lists of revoked certificates")),
            .kept(
                "authMechanism",
                .word(["SCRAM-SHA-1", "SCRAM-SHA-256", "MONGODB-X509", "MONGODB-AWS", "PLAIN", "GSSAPI"])),
            .kept("authMechanismProperties", .pairs),
            .kept("authSource", .text(longest: 63)),
            .kept("gssapiServiceName", .text(longest: 256)),
            .kept("canonicalizeHostname", .flag),
        ]
        + ["proxyHost", "proxyPort", "proxyUsername", "proxyPassword"].map {
            .kept($0, .refused("the driver does not go through a SOCKS proxy"))
        }

    /// A decision must survive a failover and be made on the newest data, so the first of these are ours; the driver has no
    /// use for the others, or does harm by them (`minPoolSize`).
    private static let mongoOverridden: [AddressOption] = [
        .overridden("w", .either(.number(0...largest), .name(longest: 256)), ours: "majority"),
        .overridden("wTimeoutMS", .number(0...largest), or: "wtimeout"),
        .overridden("safe", .flag),
        .overridden("fsync", .flag),
        .overridden(
            "readConcernLevel", .word(["local", "available", "majority", "linearizable", "snapshot"]), ours: "local"),
        .overridden(
            "readPreference",
            .word(["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"]), ours: "primary"),
        .overridden("readPreferenceTags", .pairs),
        .overridden("maxStalenessSeconds", .number(-1...largest)),
        .overridden("slaveOk", .flag, ours: "false"),
        .overridden("minPoolSize", .number(0...largest), ours: "0"),
        .overridden("maxIdleTimeMS", .number(0...largest), ours: "0"),
        .overridden("maxConnecting", .number(0...largest)),
        .overridden("waitQueueMultiple", .number(0...largest)),
        .overridden("serverSelectionTryOnce", .flag, ours: "false"),
        .overridden("timeoutMS", .number(0...largest)),
        .overridden("serverMonitoringMode", .word(["auto", "stream", "poll"])),
        .overridden(
            "uuidRepresentation",
            .word(["unspecified", "standard", "csharpLegacy", "javaLegacy", "pythonLegacy"])),
    ]
}
