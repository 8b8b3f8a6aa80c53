// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import Synchronization

/// Remembers who bears the tokens that were verified, so that the same signature is not computed again and again.
///
/// Knows tokens by their SHA-256 only. Two halves: when the young one is full, it becomes the old one, and what was in
/// that is forgotten unless it is asked for first.
final class VerifiedTokens: Sendable {
    private struct Entry {
        let principal: Principal
        let generation: UInt64
    }

    private struct Halves {
        var young: [SHA256Digest: Entry] = [:]
        var old: [SHA256Digest: Entry] = [:]
    }

    private let halfCapacity: Int
    private let halves = Mutex(Halves())

    /// Remembers no more than `capacity` tokens, about 600 bytes each.
    init(capacity: Int = 10_000) {
        halfCapacity = max(1, capacity / 2)
    }

    /// How many are remembered.
    var count: Int { halves.withLock { $0.young.count + $0.old.count } }

    /// Who bears the token, when it was verified with the keys of this generation.
    ///
    /// The caller must see to it that the token has not expired meanwhile.
    func principal(of digest: SHA256Digest, generation: UInt64) -> Principal? {
        halves.withLock { halves in
            if let entry = halves.young[digest] {
                return entry.generation == generation ? entry.principal : nil
            }
            guard let entry = halves.old.removeValue(forKey: digest), entry.generation == generation else { return nil }
            add(entry, digest, to: &halves)
            return entry.principal
        }
    }

    /// Remembers a token that was verified just now with the keys of this generation.
    func remember(_ principal: Principal, digest: SHA256Digest, generation: UInt64) {
        halves.withLock { add(Entry(principal: principal, generation: generation), digest, to: &$0) }
    }

    private func add(_ entry: Entry, _ digest: SHA256Digest, to halves: inout Halves) {
        if halves.young.count >= halfCapacity {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.old[digest] = nil
        halves.young[digest] = entry
    }
}
