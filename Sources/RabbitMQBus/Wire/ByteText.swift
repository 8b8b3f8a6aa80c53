// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ

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
