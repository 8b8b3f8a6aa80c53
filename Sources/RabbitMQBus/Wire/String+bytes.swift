// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ

extension String {
    /// A copy of a text of the library; malformed UTF-8 is repaired.
    init(_ bytes: amqp_bytes_t) {
        unsafe self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}
