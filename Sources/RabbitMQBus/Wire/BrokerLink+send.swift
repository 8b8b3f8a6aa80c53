// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ

extension BrokerLink {
    /// Writes one method.
    package func send(_ method: OutboundMethod, channel: UInt16) throws(LinkError) {
        switch method {
        case .openChannel:
            var fields = unsafe amqp_channel_open_t()
            try unsafe write(AMQP_CHANNEL_OPEN_METHOD, &fields, channel)
        case .confirmChannelClosed:
            var fields = amqp_channel_close_ok_t()
            try unsafe write(AMQP_CHANNEL_CLOSE_OK_METHOD, &fields, channel)
        case .selectConfirms:
            var fields = amqp_confirm_select_t()
            try unsafe write(AMQP_CONFIRM_SELECT_METHOD, &fields, channel)
        case .setPrefetch(let count):
            var fields = amqp_basic_qos_t(prefetch_size: 0, prefetch_count: count, global: 0)
            try unsafe write(AMQP_BASIC_QOS_METHOD, &fields, channel)
        case .declareExchange(let name, let type):
            try declareExchange(name, type, channel)
        case .declareQueue(let name, let quorum):
            try declareQueue(name, quorum: quorum, channel)
        case .declareOwnQueue:
            var fields = unsafe amqp_queue_declare_t()
            unsafe fields.exclusive = 1
            unsafe fields.auto_delete = 1
            try unsafe write(AMQP_QUEUE_DECLARE_METHOD, &fields, channel)
        case .bindQueue(let queue, let exchange, let key):
            try bindQueue(queue, exchange, key, channel)
        case .bindExchange(let destination, let source, let key):
            try bindExchange(destination, source, key, channel)
        case .lookAtQueue(let name):
            let name = ByteText(name)
            var fields = unsafe amqp_queue_declare_t()
            unsafe fields.queue = name.bytes
            unsafe fields.passive = 1
            try unsafe write(AMQP_QUEUE_DECLARE_METHOD, &fields, channel)
        case .deleteQueue(let name):
            let name = ByteText(name)
            var fields = unsafe amqp_queue_delete_t()
            unsafe fields.queue = name.bytes
            try unsafe write(AMQP_QUEUE_DELETE_METHOD, &fields, channel)
        case .deleteExchange(let name):
            let name = ByteText(name)
            var fields = unsafe amqp_exchange_delete_t()
            unsafe fields.exchange = name.bytes
            try unsafe write(AMQP_EXCHANGE_DELETE_METHOD, &fields, channel)
        case .consume(let queue, let tag, let needsAcks):
            try consume(queue, tag, needsAcks, channel)
        case .cancel(let tag):
            let tag = ByteText(tag)
            var fields = unsafe amqp_basic_cancel_t(consumer_tag: tag.bytes, nowait: 0)
            try unsafe write(AMQP_BASIC_CANCEL_METHOD, &fields, channel)
        case .recover:
            var fields = amqp_basic_recover_t(requeue: 1)
            try unsafe write(AMQP_BASIC_RECOVER_METHOD, &fields, channel)
        case .acknowledge(let tag):
            try Self.check(unsafe amqp_basic_ack(state, channel, tag, 1))
        case .confirmConnectionClosed:
            var fields = amqp_connection_close_ok_t()
            try unsafe write(AMQP_CONNECTION_CLOSE_OK_METHOD, &fields, 0)
        }
    }

    private func write<Fields>(
        _ id: amqp_method_number_t, _ fields: UnsafeMutablePointer<Fields>, _ channel: UInt16
    ) throws(LinkError) {
        try Self.check(unsafe amqp_send_method(state, channel, id, fields))
    }

    private func declareExchange(_ name: String, _ type: String, _ channel: UInt16) throws(LinkError) {
        let name = ByteText(name)
        let type = ByteText(type)
        var fields = unsafe amqp_exchange_declare_t()
        unsafe fields.exchange = name.bytes
        unsafe fields.type = type.bytes
        unsafe fields.durable = 1
        try unsafe write(AMQP_EXCHANGE_DECLARE_METHOD, &fields, channel)
    }

    private func declareQueue(_ name: String, quorum: Bool, _ channel: UInt16) throws(LinkError) {
        let name = ByteText(name)
        let key: StaticString = "x-queue-type"
        let value = ByteText("quorum")
        var argument = unsafe simple_scheduler_text_entry(
            UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self), value.bytes)
        let status = unsafe withUnsafeMutablePointer(to: &argument) { argument in
            var fields = unsafe amqp_queue_declare_t()
            unsafe fields.queue = name.bytes
            unsafe fields.durable = 1
            if quorum { unsafe fields.arguments = amqp_table_t(num_entries: 1, entries: argument) }
            return unsafe amqp_send_method(state, channel, AMQP_QUEUE_DECLARE_METHOD, &fields)
        }
        try Self.check(status)
    }

    private func bindQueue(
        _ queue: String, _ exchange: String, _ key: String, _ channel: UInt16
    ) throws(LinkError) {
        let queue = ByteText(queue)
        let exchange = ByteText(exchange)
        let key = ByteText(key)
        var fields = unsafe amqp_queue_bind_t()
        unsafe fields.queue = queue.bytes
        unsafe fields.exchange = exchange.bytes
        unsafe fields.routing_key = key.bytes
        try unsafe write(AMQP_QUEUE_BIND_METHOD, &fields, channel)
    }

    private func bindExchange(
        _ destination: String, _ source: String, _ key: String, _ channel: UInt16
    ) throws(LinkError) {
        let destination = ByteText(destination)
        let source = ByteText(source)
        let key = ByteText(key)
        var fields = unsafe amqp_exchange_bind_t()
        unsafe fields.destination = destination.bytes
        unsafe fields.source = source.bytes
        unsafe fields.routing_key = key.bytes
        try unsafe write(AMQP_EXCHANGE_BIND_METHOD, &fields, channel)
    }

    private func consume(
        _ queue: String, _ tag: String, _ needsAcks: Bool, _ channel: UInt16
    ) throws(LinkError) {
        let queue = ByteText(queue)
        let tag = ByteText(tag)
        var fields = unsafe amqp_basic_consume_t()
        unsafe fields.queue = queue.bytes
        unsafe fields.consumer_tag = tag.bytes
        unsafe fields.no_ack = needsAcks ? 0 : 1
        try unsafe write(AMQP_BASIC_CONSUME_METHOD, &fields, channel)
    }
}
