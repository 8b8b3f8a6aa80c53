// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A stored value with its type, as another program may have written it.
package indirect enum RawValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case double(Double)
    case string(String)
    case date(Timestamp)
    case objectID(Identifier)
    case array([RawValue])
    case document(RawDocument)

    /// What the Go program writes for "not yet": 0001-01-01.
    package static let yearOne = RawValue.date(Timestamp(millisecondsSinceEpoch: -62_135_596_800_000))
}

/// A stored document; the order of its fields does not matter here.
package typealias RawDocument = [String: RawValue]
