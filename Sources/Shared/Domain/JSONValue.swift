// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Any JSON text as a value (RFC 8259); numbers keep the difference between integers and the rest.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}
