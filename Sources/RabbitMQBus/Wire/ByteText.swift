// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Shared

/// A text in memory of the library's kind, freed with this value.
@safe
struct ByteText: ~Copyable {
    private let storage: amqp_bytes_t

    init(_ text: String) {
        var text = text
        unsafe storage = text.withUTF8 { utf8 in
            let copy = unsafe amqp_bytes_malloc(utf8.count)
            if let target = unsafe copy.bytes, let source = utf8.baseAddress {
                unsafe target.copyMemory(from: source, byteCount: utf8.count)
            }
            return unsafe copy
        }
    }

    /// For a short string of AMQP, of which the library would write the length modulo 256: the first 255 bytes.
    ///
    /// What a peer sent may be longer here than it was there, where it was not UTF-8.
    init(short text: String) {
        self.init(Self.shortened(text))
    }

    static func shortened(_ text: String) -> String {
        var text = text
        while text.utf8.count > 255 { text.unicodeScalars.removeLast() }
        return text
    }

    deinit {
        unsafe amqp_bytes_free(storage)
    }

    /// Valid as long as this value.
    @unsafe var bytes: amqp_bytes_t { unsafe storage }
}

/// Headers in memory of the library's kind, freed with this value.
@safe
struct HeaderTable: ~Copyable {
    private let entries: [amqp_table_entry_t]

    init(_ headers: [(name: String, value: OutgoingMessage.Header)]) {
        unsafe entries = unsafe headers.map { header in
            var entry = unsafe amqp_table_entry_t()
            unsafe entry.key = Self.copy(header.name)
            switch header.value {
            case .text(let text):
                unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
                unsafe entry.value.value.bytes = Self.copy(text)
            case .int(let number):
                unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
                unsafe entry.value.value.i64 = number
            case .double(let number):
                unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_F64.rawValue)
                unsafe entry.value.value.f64 = number
            case .bool(let truth):
                unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
                unsafe entry.value.value.boolean = truth ? 1 : 0
            }
            return unsafe entry
        }
    }

    deinit {
        for index in unsafe entries.indices {
            unsafe amqp_bytes_free(entries[index].key)
            if unsafe entries[index].value.kind == UInt8(AMQP_FIELD_KIND_UTF8.rawValue) {
                unsafe amqp_bytes_free(entries[index].value.value.bytes)
            }
        }
    }

    /// The table is valid within `body` only.
    func withTable<Result>(_ body: (amqp_table_t) -> Result) -> Result {
        var entries = unsafe self.entries
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

extension String {
    /// A copy of a text of the library; malformed UTF-8 is repaired.
    init(_ bytes: amqp_bytes_t) {
        unsafe self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}
