// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Glibc
import Shared

extension BrokerLink {
    /// The next frame that is there, or `nil`; never waits.
    ///
    /// Sends the library's heartbeats, and gives a broker up that was silent for two of them, so it is to be called
    /// every second or so.
    package func receive() throws(LinkError) -> InboundFrame? {
        var frame = unsafe amqp_frame_t()
        var noWait = timeval()
        let status = unsafe amqp_simple_wait_frame_noblock(state, &frame, &noWait)
        if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        try Self.check(status)
        let channel = unsafe frame.channel
        // Everything below copies; this frees what the frame lies in.
        defer { unsafe amqp_maybe_release_buffers_on_channel(state, channel) }
        switch unsafe Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return unsafe InboundFrame(channel: channel, payload: .method(InboundMethod(frame.payload.method)))
        case AMQP_FRAME_HEADER:
            let header = unsafe frame.payload.properties
            let properties = unsafe MessageProperties(header.decoded)
            return InboundFrame(
                channel: channel, payload: .header(size: unsafe header.body_size, properties: properties))
        case AMQP_FRAME_BODY:
            let part = unsafe frame.payload.body_fragment
            return InboundFrame(
                channel: channel,
                payload: .body(unsafe Array(UnsafeRawBufferPointer(start: part.bytes, count: part.len))))
        default:
            throw LinkError(reason: "an unknown frame type")
        }
    }
}

extension MessageProperties {
    /// The headers of the kinds that we write.
    private static func read(_ table: amqp_table_t) -> [(name: String, value: OutgoingMessage.Header)] {
        unsafe UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries)).compactMap { entry in
            let value: OutgoingMessage.Header
            switch unsafe UInt32(entry.value.kind) {
            case AMQP_FIELD_KIND_UTF8.rawValue: value = .text(unsafe String(entry.value.value.bytes))
            case AMQP_FIELD_KIND_I64.rawValue: value = .int(unsafe entry.value.value.i64)
            case AMQP_FIELD_KIND_F64.rawValue: value = .double(unsafe entry.value.value.f64)
            case AMQP_FIELD_KIND_BOOLEAN.rawValue: value = .bool(unsafe entry.value.value.boolean != 0)
            default: return nil
            }
            return unsafe (String(entry.key), value)
        }
    }

    fileprivate init(_ decoded: UnsafeMutableRawPointer?) {
        guard let decoded = unsafe decoded else { return }
        let source = unsafe decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
        let flags = unsafe Int32(bitPattern: source._flags)
        isPersistent = unsafe flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0 && source.delivery_mode == 2
        if flags & AMQP_BASIC_CONTENT_TYPE_FLAG != 0 { contentType = unsafe String(source.content_type) }
        if flags & AMQP_BASIC_CONTENT_ENCODING_FLAG != 0 { contentEncoding = unsafe String(source.content_encoding) }
        if flags & AMQP_BASIC_MESSAGE_ID_FLAG != 0 { messageID = unsafe String(source.message_id) }
        if flags & AMQP_BASIC_CORRELATION_ID_FLAG != 0 { correlationID = unsafe String(source.correlation_id) }
        if flags & AMQP_BASIC_EXPIRATION_FLAG != 0 { expiration = unsafe String(source.expiration) }
        if flags & AMQP_BASIC_TYPE_FLAG != 0 { type = unsafe String(source.type) }
        if flags & AMQP_BASIC_TIMESTAMP_FLAG != 0 { timestamp = unsafe source.timestamp }
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 { headers = unsafe Self.read(source.headers) }
    }
}
