// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ

extension BrokerLink {
    /// Writes one message.
    package func publish(_ message: OutboundMessage, channel: UInt16) throws(LinkError) {
        let exchange = ByteText(message.exchange)
        let key = ByteText(message.routingKey)
        let source = message.properties
        let contentType = ByteText(short: source.contentType ?? "")
        let contentEncoding = ByteText(short: source.contentEncoding ?? "")
        let messageID = ByteText(source.messageID ?? "")
        let correlationID = ByteText(short: source.correlationID ?? "")
        let expiration = ByteText(source.expiration ?? "")
        let type = ByteText(source.type ?? "")
        var properties = unsafe amqp_basic_properties_t()
        unsafe properties._flags = UInt32(AMQP_BASIC_DELIVERY_MODE_FLAG)
        unsafe properties.delivery_mode = source.isPersistent ? 2 : 1
        if source.contentType != nil {
            unsafe properties._flags |= UInt32(AMQP_BASIC_CONTENT_TYPE_FLAG)
            unsafe properties.content_type = contentType.bytes
        }
        if source.contentEncoding != nil {
            unsafe properties._flags |= UInt32(AMQP_BASIC_CONTENT_ENCODING_FLAG)
            unsafe properties.content_encoding = contentEncoding.bytes
        }
        if source.messageID != nil {
            unsafe properties._flags |= UInt32(AMQP_BASIC_MESSAGE_ID_FLAG)
            unsafe properties.message_id = messageID.bytes
        }
        if source.correlationID != nil {
            unsafe properties._flags |= UInt32(AMQP_BASIC_CORRELATION_ID_FLAG)
            unsafe properties.correlation_id = correlationID.bytes
        }
        if source.expiration != nil {
            unsafe properties._flags |= UInt32(AMQP_BASIC_EXPIRATION_FLAG)
            unsafe properties.expiration = expiration.bytes
        }
        if source.type != nil {
            unsafe properties._flags |= UInt32(AMQP_BASIC_TYPE_FLAG)
            unsafe properties.type = type.bytes
        }
        if let timestamp = source.timestamp {
            unsafe properties._flags |= UInt32(AMQP_BASIC_TIMESTAMP_FLAG)
            unsafe properties.timestamp = timestamp
        }
        let headers = HeaderTable(source.headers)
        let status = unsafe headers.withTable { table in
            if unsafe table.num_entries > 0 {
                unsafe properties._flags |= UInt32(AMQP_BASIC_HEADERS_FLAG)
                unsafe properties.headers = table
            }
            return unsafe message.body.withUnsafeBytes { body in
                let bytes = unsafe amqp_bytes_t(
                    len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
                return unsafe amqp_basic_publish(
                    state, channel, exchange.bytes, key.bytes, message.isMandatory ? 1 : 0, 0, &properties, bytes)
            }
        }
        try Self.check(status)
    }
}
