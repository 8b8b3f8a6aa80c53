// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

extension Identifier {
    /// Copies the twelve bytes out of the driver's form.
    init(_ raw: bson_oid_t) {
        let (high, low) = unsafe withUnsafeBytes(of: raw) { bytes in
            unsafe (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
            )
        }
        self.init(high: UInt64(bigEndian: high), low: UInt32(bigEndian: low))
    }

    /// A new one, by the driver's generator.
    static func new() -> Identifier {
        var raw = bson_oid_t()
        unsafe bson_oid_init(&raw, nil)
        return Identifier(raw)
    }

    /// The second in which it was made, from its first four bytes.
    var creationTime: Timestamp {
        Timestamp(millisecondsSinceEpoch: Int64(high >> 32) * 1000)
    }
}

extension bson_oid_t {
    /// The driver's form of the twelve bytes.
    init(_ id: Identifier) {
        self.init()
        unsafe withUnsafeMutableBytes(of: &self) { bytes in
            unsafe bytes.storeBytes(of: id.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            unsafe bytes.storeBytes(of: id.low.bigEndian, toByteOffset: 8, as: UInt32.self)
        }
    }
}
