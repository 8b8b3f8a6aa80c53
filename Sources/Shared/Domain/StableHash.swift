// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A hash that is the same in every process and version: FNV-1a over 64 bits with a final mix (SplitMix64), so that every
/// bit depends on all of the input. Not for secrets.
package struct StableHash: Hashable, Sendable {
    /// The hash.
    package let value: UInt64

    /// Hashes a text together with a number.
    package init(_ text: String, _ number: Int64) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for byte in text.utf8 { mix(byte) }
        for shift in stride(from: 0, to: 64, by: 8) { mix(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        value = hash ^ (hash >> 31)
    }
}
