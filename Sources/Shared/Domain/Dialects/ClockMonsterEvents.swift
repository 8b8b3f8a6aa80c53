// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
private import Synchronization

/// What the dialect `clockmonster` tells of its jobs, as messages to the topic exchange `clockmonster.event` (contract, section 12).
///
/// The body is `{"event","jobId","createdAtUnix"}`, the routing key the event. At most once: an event is dropped when the broker cannot
/// be reached for long, and lost with its process.
package final class ClockMonsterEvents: Sendable {
    /// What has happened to a job; the raw values are those of the messages.
    package enum Event: String, Hashable, Sendable {
        case created = "JOB_CREATE"
        case successful = "JOB_INVOKE_SUCCESSFUL"
        case failed = "JOB_INVOKE_FAILURE"
        case removed = "JOB_REMOVE"
    }

    /// The exchange, which is declared durable.
    package static let exchange = "clockmonster.event"
    /// How many events wait for the broker; of more the oldest go.
    private static let room = 10_000
    /// How many are published at a time.
    private static let batchSize = 500

    private let sink: any MessageSink
    private let clock: any EngineClock
    private let logger: Logger
    private let waiting = Mutex<[OutgoingMessage]>([])
    private let alarm = Alarm()

    /// Nothing is sent before ``run()``.
    package init(sink: any MessageSink, clock: any EngineClock, logger: Logger) {
        self.sink = sink
        self.clock = clock
        self.logger = logger
    }

    /// Has an event told, soon; never waits and never fails.
    package func note(_ event: Event, job id: Int64) {
        let now = clock.now()
        let seconds = now.millisecondsSinceEpoch / 1_000
        let body = #"{"event":"\#(event.rawValue)","jobId":\#(id),"createdAtUnix":\#(seconds)}"#
        var message = OutgoingMessage(
            exchange: Self.exchange, routingKey: event.rawValue, contentType: "application/json",
            id: "clockmonster:\(id):\(event.rawValue):\(now.millisecondsSinceEpoch)", timestamp: now,
            body: Array(body.utf8))
        message.isEvent = true
        message.isMandatory = false
        waiting.withLock { waiting in
            if waiting.count >= Self.room { waiting.removeFirst() }
            waiting.append(message)
        }
        alarm.ring()
    }

    /// Publishes until the task is cancelled or the bus is closed; what waits when that happens is dropped.
    ///
    /// To be called once, while somebody keeps the bus connected.
    package func run() async {
        var isTold = false
        while !Task.isCancelled {
            await alarm.wait()
            while !Task.isCancelled, !waiting.withLock(\.isEmpty) {
                do throws(BusError) { try await sink.ready() } catch { return }
                let batch = waiting.withLock { waiting in
                    defer { waiting.removeFirst(min(waiting.count, Self.batchSize)) }
                    return Array(waiting.prefix(Self.batchSize))
                }
                let dropped = await sink.send(batch).count { $0 != .confirmed }
                if dropped > 0, !isTold {
                    logger.log(
                        .warning, "events of the dialect clockmonster could not be published, and are dropped",
                        [.count: "\(dropped)"])
                }
                isTold = dropped > 0
            }
        }
    }
}
