// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension MemoryBusState {
    /// Hands out what can be handed out, and answers whoever can be answered.
    ///
    /// Called after every change.
    mutating func dispatch() {
        if !isHoldingDeliveries { distribute() }
        for index in processes.indices where isConnected(index) {
            answerReady(index)
            answerDeliveries(index)
            answerHint(index)
        }
    }

    /// Each message to the first process that subscribes to its job; those of a pool to one after the other.
    private mutating func distribute() {
        var left: [Message] = []
        for message in messages {
            let consumers = processes.indices.filter { index in
                isConnected(index) && !processes[index].isPaused
                    && processes[index].subscriptions.contains(message.workers)
            }
            let turn = message.workers.pool == nil ? 0 : Int(message.number) % max(consumers.count, 1)
            guard let consumer = consumers.dropFirst(turn).first, refusals[message.workers] == nil else {
                left.append(message)
                continue
            }
            processes[consumer].nextTag += 1
            let tag = processes[consumer].nextTag
            processes[consumer].unacknowledged.append((tag, message))
            let origin = Delivery.Origin(
                source: message.source, session: processes[consumer].session, number: tag)
            let delivery = Delivery(
                from: message.workers, kind: message.kind, body: message.body, contentType: message.contentType,
                origin: origin)
            processes[consumer].inbox.append((tag, delivery))
        }
        messages = left
    }

    private mutating func answerReady(_ index: Int) {
        for waiter in processes[index].ready.values { effects.append { waiter.resume(returning: .success(())) } }
        processes[index].ready = [:]
    }

    private mutating func answerDeliveries(_ index: Int) {
        guard let waiter = processes[index].deliveries, !processes[index].inbox.isEmpty else { return }
        let taken = Array(processes[index].inbox.prefix(max(waiter.limit, 1)))
        processes[index].inbox.removeFirst(taken.count)
        processes[index].deliveries = nil
        let answer = MemoryBus.Taken(
            deliveries: taken.map(\.delivery), session: processes[index].session, lastTag: taken.last?.tag ?? 0)
        effects.append { waiter.2.resume(returning: .success(answer)) }
    }

    private mutating func answerHint(_ index: Int) {
        guard let waiter = processes[index].hint, !processes[index].hints.isEmpty else { return }
        let hint = processes[index].hints.removeFirst()
        processes[index].hint = nil
        effects.append { waiter.1.resume(returning: .success(hint)) }
    }
}
