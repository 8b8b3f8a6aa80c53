// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ

/// Text headers in memory of the library's kind, freed with this value.
@safe
struct HeaderTable: ~Copyable {
    private let texts: [(name: amqp_bytes_t, value: amqp_bytes_t)]

    init(_ headers: [(name: String, value: String)]) {
        unsafe texts = unsafe headers.map { header in
            unsafe (Self.copy(header.name), Self.copy(header.value))
        }
    }

    deinit {
        for unsafe(name, value) in unsafe texts {
            unsafe amqp_bytes_free(name)
            unsafe amqp_bytes_free(value)
        }
    }

    /// The table is valid within `body` only.
    func withTable<Result>(_ body: (amqp_table_t) -> Result) -> Result {
        var entries = unsafe texts.map { text in
            var entry = unsafe amqp_table_entry_t()
            unsafe entry.key = text.name
            unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
            unsafe entry.value.value.bytes = text.value
            return unsafe entry
        }
        return unsafe entries.withUnsafeMutableBufferPointer { entries in
            unsafe body(amqp_table_t(num_entries: Int32(entries.count), entries: entries.baseAddress))
        }
    }

    private static func copy(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { utf8 in
            let copy = unsafe amqp_bytes_malloc(utf8.count)
            if let target = unsafe copy.bytes, let source = utf8.baseAddress {
                unsafe target.copyMemory(from: source, byteCount: utf8.count)
            }
            return unsafe copy
        }
    }
}
