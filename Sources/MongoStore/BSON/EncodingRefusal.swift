// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A value that no MongoDB server would store, found before it was sent; the reason names no content.
struct EncodingRefusal: Error {
    let reason: String

    static let nulInKey = EncodingRefusal(reason: "an object key holds a NUL character")
    static let tooDeep = EncodingRefusal(reason: "nested deeper than \(BSONBuffer.maximumDepth) levels")
    static let tooLarge = EncodingRefusal(reason: "larger than 16 MiB")
    static let unknownType = EncodingRefusal(reason: "holds a type that is not written here")
}
