// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A value of a YAML document and where it stands.
struct YAMLNode: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case scalar(JSONValue)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    struct Member: Sendable, Equatable {
        let key: String
        /// The line of the key, from 1.
        let line: Int
        let value: YAMLNode
    }

    let content: Content
    /// From 1.
    let line: Int

    var isNull: Bool { content == .scalar(.null) }

    /// The value without the places.
    var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .mapping(let members):
            .object(Dictionary(members.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}
