// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A hash that is the same in every process and version, for what is to be spread but must stay where it is.
///
/// FNV-1a (64 bits, offset basis 0xcbf29ce484222325, prime 0x100000001b3); then x ^= x >> 32, x *= 0x9e3779b97f4a7c15,
/// x ^= x >> 29, because the lowest bits of FNV alone follow those of the last letters. Never change this: every job with
/// `H` or `jitter` would move. Not for secrets.
struct StableHash {
    private let value: UInt64

    init(_ parts: [UInt8]...) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        // A zero byte between the parts keeps them apart.
        for byte in parts.joined(separator: [0]) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 32)) &* 0x9e37_79b9_7f4a_7c15
        value = hash ^ (hash >> 29)
    }

    /// A value below `size`, which is at least 1.
    func value(below size: UInt64) -> UInt64 { value % size }
}
