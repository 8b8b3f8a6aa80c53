// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

extension ActionMessage {
    /// The body as it goes on the wire; keys in a fixed order, so that a republish is byte for byte the same.
    ///
    /// Put together by hand except for the payload: every other value is free of characters that JSON would escape.
    package func encodedBody() -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(192)
        body +=
            #"{"jobName":"\#(jobName)","runId":"\#(runID)","action":"\#(action.rawValue)","attempt":\#(attempt)"#.utf8
        if let scheduledTime {
            body += #","scheduledTime":"\#(scheduledTime.rfc3339)""#.utf8
        }
        if let payload, let json = payload.encoded() {
            body += #","payload":"#.utf8
            body += json
        }
        body.append(UInt8(ascii: "}"))
        return body
    }
}

extension JSONValue {
    /// `nil` only for what no JSON text can have made.
    fileprivate func encoded() -> Data? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try? encoder.encode(self)
    }
}
