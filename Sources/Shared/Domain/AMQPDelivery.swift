// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The message that a run is (contract, section 9, `amqp`), to an exchange that somebody else declares.
package struct AMQPDelivery: Hashable, Sendable {
    /// The value of a header.
    package enum Header: Hashable, Sendable {
        case text(Template)
        case int(Int64)
        case double(Double)
        case bool(Bool)
    }

    /// In milliseconds; RabbitMQ takes no more.
    package static let expirations: ClosedRange<Int64> = 0...4_294_967_295
    /// The most headers of a job.
    package static let mostHeaders = 64
    /// The longest text of a header, in bytes.
    package static let longestText = 8_192

    /// Empty = the default exchange, which hands a message to the queue that its key names; at most
    /// ``OutgoingMessage/longestName`` bytes.
    package var exchange: String
    /// As long as it may be written; rendered it must be no longer than ``OutgoingMessage/longestName``.
    package var routingKey: Template
    /// By name, of at most ``OutgoingMessage/longestName`` bytes; one that is called Content-Type becomes that property.
    package var headers: [String: Header] = [:]
    /// After how many milliseconds in a queue the message is dropped; `nil` = never.
    package var expiration: Int64?
    /// Whether a message that no queue takes is a failed attempt.
    package var isMandatory = true

    package init(exchange: String, routingKey: Template) {
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// What is wrong with the name of an exchange or a header, or with a text; `nil` = nothing.
    package static func problem(_ text: String, atMost limit: Int) -> String? {
        guard text.utf8.count <= limit else { return "is longer than \(limit) bytes" }
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isPlain ? nil : "holds a line end or another control character"
    }

    /// As in the API and in documents.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "exchange": .string(exchange), "routingKey": .string(routingKey.text), "mandatory": .bool(isMandatory),
        ]
        if !headers.isEmpty {
            members["headers"] = .object(
                headers.mapValues { header in
                    switch header {
                    case .text(let template): .string(template.text)
                    case .int(let number): .int(number)
                    case .double(let number): .double(number)
                    case .bool(let truth): .bool(truth)
                    }
                })
        }
        members["expiration"] = expiration.map { .int($0) }
        return .object(members)
    }
}

extension JobReader {
    mutating func amqp(_ path: String, _ value: JSONValue) -> AMQPDelivery? {
        guard let members = members(path, value) else { return nil }
        var amqp = AMQPDelivery(exchange: "", routingKey: Template(plain: ""))
        var missing: Set<String> = ["exchange", "routingKey"]
        for (name, value) in members {
            let part = "\(path).\(name)"
            missing.remove(name)
            switch name {
            case "exchange":
                if let text = amqpText(part, value, atMost: OutgoingMessage.longestName) { amqp.exchange = text }
            case "routingKey":
                if let text = amqpText(part, value, atMost: AMQPDelivery.longestText) {
                    do { amqp.routingKey = try Template(text) } catch { add(part, error.reason) }
                    if let problem = amqp.routingKey.plainText.flatMap({
                        AMQPDelivery.problem($0, atMost: OutgoingMessage.longestName)
                    }) {
                        add(part, problem)
                    }
                }
            case "headers": amqp.headers = amqpHeaders(part, value)
            case "expiration": amqp.expiration = number(part, .json(value), AMQPDelivery.expirations)
            case "mandatory": amqp.isMandatory = bool(part, .json(value)) ?? true
            default:
                add(
                    "\(path).\(FieldFault.shown(name))",
                    "is not one of exchange, routingKey, headers, expiration, mandatory")
            }
        }
        for name in missing.sorted() { add("\(path).\(name)", "is missing") }
        return amqp
    }

    private mutating func amqpText(_ path: String, _ value: JSONValue, atMost limit: Int) -> String? {
        guard case .string(let text) = value else {
            add(path, found: .json(value), expected: "a string")
            return nil
        }
        if let problem = AMQPDelivery.problem(text, atMost: limit) { add(path, problem) }
        return text
    }

    private mutating func amqpHeaders(_ path: String, _ value: JSONValue) -> [String: AMQPDelivery.Header] {
        guard let members = members(path, value) else { return [:] }
        if members.count > AMQPDelivery.mostHeaders { add(path, "has more than \(AMQPDelivery.mostHeaders) headers") }
        var headers: [String: AMQPDelivery.Header] = [:]
        for (name, value) in members {
            let part = "\(path).\(FieldFault.shown(name))"
            if name.isEmpty { add(part, "is no name") }
            if let problem = AMQPDelivery.problem(name, atMost: OutgoingMessage.longestName) { add(part, problem) }
            switch value {
            case .string:
                guard let text = amqpText(part, value, atMost: AMQPDelivery.longestText) else { continue }
                do { headers[name] = .text(try Template(text)) } catch { add(part, error.reason) }
            case .int(let number): headers[name] = .int(number)
            case .double(let number): headers[name] = .double(number)
            case .bool(let truth): headers[name] = .bool(truth)
            default: add(part, found: .json(value), expected: "a string, a number, true or false")
            }
        }
        return headers
    }
}

/// The message of one attempt at a run.
package struct RunMessage: Hashable, Sendable {
    /// What a worker would get.
    package let action: ActionMessage
    /// What its templates are rendered with.
    private let slot: Timestamp
    private let zone: ZoneRules
    /// Where to, and how.
    package let delivery: AMQPDelivery

    /// `slot` is the run's, or when it was made; `zone` the job's.
    package init(_ action: ActionMessage, slot: Timestamp, zone: ZoneRules, delivery: AMQPDelivery) {
        self.action = action
        self.slot = slot
        self.zone = zone
        self.delivery = delivery
    }

    /// As it is published at `now`.
    ///
    /// - Throws: what makes it impossible: a key or a header that its templates have made too long.
    package func message(at now: Timestamp) throws(InvalidText) -> OutgoingMessage {
        let values = TemplateValues(action, slot: slot, zone: zone)
        let key = delivery.routingKey.rendered(values)
        guard key.utf8.count <= OutgoingMessage.longestName else {
            throw InvalidText(
                "the routing key has \(key.utf8.count) bytes, and may have \(OutgoingMessage.longestName)")
        }
        let content = action.content
        var message = OutgoingMessage(
            exchange: delivery.exchange, routingKey: key, contentType: content.type, id: "\(action.runID)",
            timestamp: now, body: content.body)
        message.isMandatory = delivery.isMandatory
        message.expiration = delivery.expiration
        for (name, header) in delivery.headers {
            let value: OutgoingMessage.Header =
                switch header {
                case .text(let template): .text(template.rendered(values))
                case .int(let number): .int(number)
                case .double(let number): .double(number)
                case .bool(let truth): .bool(truth)
                }
            if name.lowercased() == "content-type", case .text(let type) = value {
                guard type.utf8.count <= OutgoingMessage.longestName else {
                    throw InvalidText("the Content-Type is longer than \(OutgoingMessage.longestName) bytes")
                }
                message.contentType = type
            } else {
                message.headers[name] = value
            }
        }
        return message
    }
}
