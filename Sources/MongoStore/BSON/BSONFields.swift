// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The fields of a document in their order; written as a dictionary literal.
package struct BSONFields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// Name and value, in order; a name may occur twice in a document that somebody else wrote.
    package private(set) var elements: [(name: String, value: BSONValue)]

    /// Takes a literal.
    package init(dictionaryLiteral elements: (String, BSONValue)...) {
        self.init(elements)
    }

    /// Takes names and values in their order.
    package init(_ elements: [(String, BSONValue)] = []) {
        self.elements = elements.map { (name: $0.0, value: $0.1) }
    }

    /// Whether it has no field.
    package var isEmpty: Bool { elements.isEmpty }

    /// The first value of that name.
    package subscript(name: String) -> BSONValue? {
        elements.first { $0.name == name }?.value
    }

    /// Appends a field, without a look at those of the same name.
    package mutating func append(_ name: String, _ value: BSONValue) {
        elements.append((name: name, value: value))
    }

    /// Appends the value unless it is `nil`.
    package mutating func append(_ name: String, ifPresent value: BSONValue?) {
        if let value { append(name, value) }
    }

    package static func == (left: BSONFields, right: BSONFields) -> Bool {
        left.elements.elementsEqual(right.elements) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        for (name, value) in elements {
            hasher.combine(name)
            hasher.combine(value)
        }
    }
}
