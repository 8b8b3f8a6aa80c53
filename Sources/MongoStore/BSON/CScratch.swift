// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC

/// Uninitialised memory for one C structure that the driver aligns to 128 bytes, which Swift imports as opaque.
@safe
struct CScratch: ~Copyable {
    let pointer: OpaquePointer

    /// Room for a `bson_t`; whoever initialises it must also call `bson_destroy`, where the C manual asks for it.
    static func document() -> CScratch { CScratch(byteCount: MemoryLayout<bson_t>.stride) }

    /// Room for a `bson_iter_t`, which needs no destruction.
    static func iterator() -> CScratch { unsafe CScratch(byteCount: MemoryLayout<bson_iter_t>.stride) }

    private init(byteCount: Int) {
        unsafe pointer = OpaquePointer(UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 128))
    }

    deinit {
        unsafe UnsafeMutableRawPointer(pointer).deallocate()
    }
}
