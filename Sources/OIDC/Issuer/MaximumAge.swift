// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The one thing of `Cache-Control` that we heed.
enum MaximumAge {
    /// Reads `max-age` in seconds, also in quotes (RFC 9111, section 5.2); `no-cache` and `no-store` count as zero,
    /// nonsense as not said.
    static func parse(_ directives: [Substring]) -> Duration? {
        for directive in directives {
            let parts = directive.lowercased().split(separator: "=", maxSplits: 1).map {
                $0.filter { !" \t\"".contains($0) }
            }
            switch (parts.first, parts.count) {
            case ("no-cache", _), ("no-store", _):
                return .zero
            case ("max-age", 2):
                return UInt32(parts[1]).map { .seconds(Int64($0)) }
            default:
                continue
            }
        }
        return nil
    }
}
