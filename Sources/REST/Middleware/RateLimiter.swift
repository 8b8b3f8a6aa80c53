// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Holds every subject to a rate: a bucket of tokens that fills at the rate, with room for two seconds of it.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: Duration
    }

    /// How many subjects are remembered; beyond that those with a full bucket are forgotten, which changes nothing.
    private static let capacity = 10_000

    private let rate: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    /// Buckets begin full; a rate of 0 limits nothing.
    package init(perSecond rate: Int) {
        self.rate = Double(rate)
    }

    /// Takes one token of the subject's bucket.
    ///
    /// - Returns: the seconds until there is one again; `nil` = it was there.
    package func wait(for subject: String, at uptime: Duration) -> Int? {
        guard rate > 0 else { return nil }
        return buckets.withLock { buckets in
            if buckets.count >= Self.capacity, buckets[subject] == nil { forget(&buckets, at: uptime) }
            var bucket = buckets[subject] ?? Bucket(tokens: rate * 2, filledAt: uptime)
            bucket.tokens = filled(bucket, at: uptime)
            bucket.filledAt = uptime
            defer { buckets[subject] = bucket }
            guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) / rate).rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }

    private func filled(_ bucket: Bucket, at uptime: Duration) -> Double {
        min(rate * 2, bucket.tokens + max(0, (uptime - bucket.filledAt) / .seconds(1)) * rate)
    }

    private func forget(_ buckets: inout [String: Bucket], at uptime: Duration) {
        buckets = buckets.filter { filled($0.value, at: uptime) < rate * 2 }
        if buckets.count >= Self.capacity, let any = buckets.keys.first { buckets[any] = nil }
    }
}
