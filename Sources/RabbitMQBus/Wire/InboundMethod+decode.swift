// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ

extension InboundMethod {
    /// Copies what is needed out of a method frame.
    init(_ method: amqp_method_t) {
        let fields = unsafe MethodFields(method.decoded)
        switch unsafe method.id {
        case AMQP_CHANNEL_OPEN_OK_METHOD: self = .channelOpened
        case AMQP_CONFIRM_SELECT_OK_METHOD: self = .confirmsSelected
        case AMQP_BASIC_QOS_OK_METHOD: self = .prefetchSet
        case AMQP_EXCHANGE_DECLARE_OK_METHOD, AMQP_QUEUE_BIND_OK_METHOD, AMQP_EXCHANGE_BIND_OK_METHOD:
            self = .declared
        case AMQP_EXCHANGE_DELETE_OK_METHOD: self = .deleted(messages: 0)
        case AMQP_QUEUE_DELETE_OK_METHOD:
            self = unsafe .deleted(messages: fields.read(amqp_queue_delete_ok_t.self).message_count)
        case AMQP_BASIC_RECOVER_OK_METHOD: self = .recovered
        case AMQP_BASIC_CANCEL_OK_METHOD: self = .consumerCancelled
        case AMQP_CONNECTION_UNBLOCKED_METHOD: self = .unblocked
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = unsafe fields.read(amqp_channel_close_t.self)
            self = .channelClosed(
                ChannelClose(
                    code: unsafe close.reply_code, text: unsafe String(close.reply_text),
                    methodID: unsafe UInt32(close.class_id) << 16 | UInt32(close.method_id)))
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let declared = unsafe fields.read(amqp_queue_declare_ok_t.self)
            self = unsafe .queueDeclared(name: String(declared.queue), messages: declared.message_count)
        case AMQP_BASIC_CONSUME_OK_METHOD:
            self = unsafe .consuming(tag: String(fields.read(amqp_basic_consume_ok_t.self).consumer_tag))
        case AMQP_BASIC_CANCEL_METHOD:
            self = unsafe .consumerLost(tag: String(fields.read(amqp_basic_cancel_t.self).consumer_tag))
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = unsafe fields.read(amqp_basic_deliver_t.self)
            self = unsafe .deliver(
                DeliverMethod(
                    consumerTag: String(deliver.consumer_tag), deliveryTag: deliver.delivery_tag,
                    exchange: String(deliver.exchange)))
        case AMQP_BASIC_RETURN_METHOD:
            self = unsafe .returned(reason: String(fields.read(amqp_basic_return_t.self).reply_text))
        case AMQP_BASIC_ACK_METHOD:
            let ack = unsafe fields.read(amqp_basic_ack_t.self)
            self = .published(tag: ack.delivery_tag, multiple: ack.multiple != 0, isTaken: true)
        case AMQP_BASIC_NACK_METHOD:
            let nack = unsafe fields.read(amqp_basic_nack_t.self)
            self = .published(tag: nack.delivery_tag, multiple: nack.multiple != 0, isTaken: false)
        case AMQP_CONNECTION_BLOCKED_METHOD:
            self = unsafe .blocked(reason: String(fields.read(amqp_connection_blocked_t.self).reason))
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = unsafe fields.read(amqp_connection_close_t.self)
            self = .connectionClosed(code: unsafe close.reply_code, text: unsafe String(close.reply_text))
        default: self = unsafe .unknown(method.id)
        }
    }
}

/// The decoded fields of a method, typed by the method's id; the library always gives some for the methods above.
@safe
private struct MethodFields {
    private let decoded: UnsafeMutableRawPointer?

    init(_ decoded: UnsafeMutableRawPointer?) {
        unsafe self.decoded = unsafe decoded
    }

    @unsafe func read<Fields>(_ type: Fields.Type) -> Fields {
        guard let decoded = unsafe decoded else { preconditionFailure("librabbitmq gave a method without its fields") }
        return unsafe decoded.assumingMemoryBound(to: type).pointee
    }
}
