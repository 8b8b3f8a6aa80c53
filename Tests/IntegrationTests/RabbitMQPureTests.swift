// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQTestSupport
import Shared
import Testing

@testable import RabbitMQBus

@Suite struct RabbitMQConfirmLedgerTests {
    private func ledger(_ count: Int) -> ConfirmLedger<Int> {
        var ledger = ConfirmLedger<Int>()
        for number in 1...count { ledger.add(messageID: "m\(number)", number) }
        return ledger
    }

    @Test func `one confirm settles one message`() {
        var ledger = ledger(3)
        let settled = ledger.settle(through: 2, multiple: false, isTaken: true)
        #expect(settled.map(\.token) == [2])
        #expect(settled.map(\.verdict) == [.taken])
        #expect(ledger.count == 2)
    }

    @Test func `a multiple confirm settles everything before that is open, in order`() {
        var ledger = ledger(5)
        _ = ledger.settle(through: 2, multiple: false, isTaken: true)
        #expect(ledger.settle(through: 4, multiple: true, isTaken: true).map(\.token) == [1, 3, 4])
        #expect(ledger.settle(through: 4, multiple: true, isTaken: true).isEmpty)
        #expect(ledger.drain() == [5])
    }

    @Test func `a rejected message is told apart`() {
        var ledger = ledger(2)
        #expect(ledger.settle(through: 2, multiple: true, isTaken: false).map(\.verdict) == [.rejected, .rejected])
    }

    @Test func `a returned and then confirmed message is unroutable`() {
        var ledger = ledger(3)
        ledger.noteReturn(messageID: "m2")
        #expect(
            ledger.settle(through: 3, multiple: true, isTaken: true).map(\.verdict) == [.taken, .unroutable, .taken])
    }

    @Test func `of two messages with the same id the first open one was returned`() {
        var ledger = ConfirmLedger<Int>()
        ledger.add(messageID: "same", 1)
        ledger.add(messageID: "same", 2)
        ledger.noteReturn(messageID: "same")
        #expect(ledger.settle(through: 2, multiple: true, isTaken: true).map(\.verdict) == [.unroutable, .taken])
    }

    @Test func `returns out of order are found all the same`() {
        var ledger = ledger(3)
        ledger.noteReturn(messageID: "m3")
        ledger.noteReturn(messageID: "m1")
        ledger.noteReturn(messageID: "unknown")
        #expect(
            ledger.settle(through: 3, multiple: true, isTaken: true).map(\.verdict)
                == [.unroutable, .taken, .unroutable])
    }

    @Test func `a confirm of what was never published is ignored`() {
        var ledger = ledger(1)
        #expect(ledger.settle(through: 9, multiple: true, isTaken: true).isEmpty)
        #expect(ledger.count == 1)
    }

    @Test func `a new channel counts from one again`() {
        var ledger = ledger(2)
        #expect(ledger.drain() == [1, 2])
        ledger.add(messageID: "n", 7)
        #expect(ledger.settle(through: 1, multiple: false, isTaken: true).map(\.token) == [7])
    }
}

@Suite struct RabbitMQByteTextTests {
    @Test func `a short string fits its length byte, at the end of a letter`() {
        #expect(ByteText.shortened(String(repeating: "\u{FFFD}", count: 200)).utf8.count == 255)
        #expect(ByteText.shortened("text/plain") == "text/plain")
    }
}

@Suite struct RabbitMQContentAssemblerTests {
    private let method = InboundMethod.DeliverMethod(consumerTag: "t", deliveryTag: 1, exchange: "e")
    private let properties = MessageProperties(contentType: "text/plain")

    @Test func `a body in parts is put together`() throws {
        var assembler = ContentAssembler()
        try assembler.begin(method)
        #expect(try assembler.header(size: 3, properties: properties) == nil)
        #expect(try assembler.body([1, 2]) == nil)
        #expect(try assembler.body([3]) == .delivery(method, properties, [1, 2, 3]))
    }

    @Test func `a message without body ends with its header`() throws {
        var assembler = ContentAssembler()
        try assembler.beginReturn(reason: "NO_ROUTE")
        #expect(
            try assembler.header(size: 0, properties: properties) == .returned(reason: "NO_ROUTE", properties))
        try assembler.begin(method)
    }

    @Test func `frames out of order are an error`() throws {
        var assembler = ContentAssembler()
        #expect(throws: LinkError.self) { try assembler.header(size: 1, properties: properties) }
        #expect(throws: LinkError.self) { try assembler.body([1]) }
        try assembler.begin(method)
        #expect(throws: LinkError.self) { try assembler.begin(method) }
        _ = try assembler.header(size: 1, properties: properties)
        #expect(throws: LinkError.self) { try assembler.body([1, 2]) }
    }
}

@Suite struct RabbitMQMachineTests {
    private let start = ContinuousClock.now

    @Test func `only the first login can be refused for good`() {
        var machine = ConnectionMachine()
        #expect(!machine.isDue(at: start))
        machine.start(at: start)
        #expect(machine.isDue(at: start))
        #expect(machine.failed(LinkError(reason: "down"), at: start) == .retry)
        #expect(!machine.isDue(at: start))
        #expect(machine.isDue(at: start + .seconds(1)))
        #expect(machine.failed(LinkError(isRefusal: true, reason: "no"), at: start) == .forbidden)
        machine.connected(at: start)
        #expect(machine.phase == .up)
        machine.lost(at: start)
        #expect(machine.failed(LinkError(isRefusal: true, reason: "no"), at: start) == .retry)
    }

    @Test func `a broker that takes us and drops us again is asked less and less often`() {
        var machine = ConnectionMachine()
        machine.start(at: start)
        var now = start
        for _ in 0..<6 {
            machine.connected(at: now)
            machine.worked(at: now + .milliseconds(10))
            machine.lost(at: now + .milliseconds(20))
            while !machine.isDue(at: now) { now += .milliseconds(10) }
        }
        #expect(now - start > .seconds(3))
        machine.connected(at: now)
        machine.worked(at: now + .seconds(6))
        machine.lost(at: now + .seconds(6))
        #expect(machine.isDue(at: now + .seconds(6) + .milliseconds(100)))
    }

    @Test func `a closed machine stays closed`() {
        var machine = ConnectionMachine()
        machine.start(at: start)
        machine.close()
        machine.start(at: start)
        machine.connected(at: start)
        machine.lost(at: start)
        _ = machine.failed(LinkError(reason: "down"), at: start)
        #expect(machine.phase == .closed)
        #expect(!machine.isDue(at: start + .seconds(60)))
    }

    @Test func `a full buffer pauses reading until it is half empty`() throws {
        var buffer = DeliveryBuffer(capacity: 10)
        let job = try JobName("a")
        for tag in 1...10 as ClosedRange<UInt64> {
            #expect(!buffer.isPaused)
            buffer.append(Delivery(from: .job(job), kind: .status, body: [], origin: .init(number: tag)), tag: tag)
        }
        #expect(buffer.isPaused)
        let first = buffer.take(5)
        #expect(first.deliveries.map(\.origin.number) == [1, 2, 3, 4, 5])
        #expect(first.lastTag == 5)
        #expect(buffer.isPaused)
        #expect(buffer.take(1).lastTag == 6)
        #expect(!buffer.isPaused)
        let rest = buffer.take(100)
        #expect(rest.deliveries.map(\.origin.number) == [7, 8, 9, 10])
        #expect(rest.lastTag == 10)
        #expect(buffer.take(100).deliveries.isEmpty)
    }

    @Test func `big messages fill the buffer too`() throws {
        var buffer = DeliveryBuffer(capacity: 10, byteCapacity: 100)
        let job = try JobName("a")
        buffer.append(
            Delivery(from: .job(job), kind: .status, body: Array(repeating: 0, count: 200)), tag: 1)
        #expect(buffer.isPaused)
        #expect(buffer.take(1).deliveries.count == 1)
        #expect(!buffer.isPaused)
    }

    @Test func `the subject that the broker answered with an error is at fault, the others go again`() throws {
        var declarer = TopologyDeclarer(window: 2)
        let jobs = try ["a", "b", "c"].map { TopologySubject.workers(.job(try JobName($0))) }
        for job in jobs + jobs { declarer.request(job) }
        #expect(declarer.takeSendable().count == 26)
        for step in 1...13 { #expect(try declarer.replied() == (step == 13 ? jobs[0] : nil)) }
        #expect(declarer.takeSendable().count == 13)
        #expect(declarer.channelClosed() == jobs[1])
        #expect(declarer.takeSendable().count == 13)
        for step in 1...13 { #expect(try declarer.replied() == (step == 13 ? jobs[2] : nil)) }
        #expect(throws: LinkError.self) { try declarer.replied() }
        declarer.request(jobs[1])
        #expect(declarer.takeSendable().count == 13)
    }
}

@Suite struct RabbitMQTopologyTests {
    private static func addresses() throws -> [(WorkerAddress, String)] {
        [(.job(try JobName("a.b")), "scheduler.job.a.b"), (.pool(try PoolName("a.b")), "scheduler.pool.a.b")]
    }

    @Test func `a job, and a pool alike, has the objects of the contract`() throws {
        for (workers, name) in try Self.addresses() {
            #expect(
                Set(Topology.declarations(of: workers)) == [
                    .topicExchange(name),
                    .fanoutExchange("\(name).action"), .fanoutExchange("\(name).status"),
                    .fanoutExchange("\(name).heartbeat"),
                    .workerQueue("\(name).action"), .workerQueue("\(name).status"), .workerQueue("\(name).heartbeat"),
                    .binding(queue: "\(name).action", exchange: name, key: "action"),
                    .binding(queue: "\(name).status", exchange: name, key: "status"),
                    .binding(queue: "\(name).heartbeat", exchange: name, key: "heartbeat"),
                    .exchangeBinding(destination: "\(name).action", source: name, key: "action"),
                    .binding(queue: "\(name).status", exchange: "\(name).status", key: ""),
                    .binding(queue: "\(name).heartbeat", exchange: "\(name).heartbeat", key: ""),
                ])
        }
    }

    @Test func `nothing is bound before it is declared`() throws {
        var names: Set<String> = []
        for declaration in try Self.addresses().flatMap({ Topology.declarations(of: $0.0) }) {
            switch declaration {
            case .topicExchange(let name), .fanoutExchange(let name), .workerQueue(let name), .ownQueue(let name):
                names.insert(name)
            case .binding(let queue, let exchange, _):
                #expect(names.isSuperset(of: [queue, exchange]))
            case .exchangeBinding(let destination, let source, _):
                #expect(names.isSuperset(of: [destination, source]))
            }
        }
    }
}

@Suite struct RabbitMQSettingsTests {
    @Test func `an address is taken apart and decoded`() throws {
        let settings = try RabbitMQSettings(connectionString: "amqp://us%40er:p%2Fw%23@[::1]:1234/v%2Fh")
        #expect(settings.user == "us@er")
        #expect(settings.password == "p/w#")
        #expect(settings.host == "::1")
        #expect(settings.port == 1234)
        #expect(settings.virtualHost == "v/h")
        #expect(settings.tls == nil)
        #expect(settings.description == "amqp://[::1]:1234/v/h")
    }

    @Test(arguments: ["amqp://broker", "amqp://broker/", "amqp://broker/%2F", "AMQP://broker"])
    func `what is left out has the usual values`(address: String) throws {
        let settings = try RabbitMQSettings(connectionString: address)
        #expect(settings.user == "guest")
        #expect(settings.password == "guest")
        #expect(settings.port == 5672)
        #expect(settings.virtualHost == "/")
    }

    @Test func `limits of an address take the place of ours`() throws {
        let settings = try RabbitMQSettings(connectionString: "amqp://h?heartbeat=30&connection_timeout=1500")
        #expect(settings.heartbeat == .seconds(30) && settings.connectTimeout == .milliseconds(1_500))
        let usual = try RabbitMQSettings(connectionString: "amqp://h?heartbeat=0&connection_timeout=0")
        #expect(usual.heartbeat == .seconds(10) && usual.connectTimeout == .seconds(5))
    }

    @Test func `amqps means TLS with a checked peer`() throws {
        let authorities = BrokerAddress.TLS().authorities
        let settings = try RabbitMQSettings(connectionString: "amqps://broker?cacertfile=\(authorities)")
        #expect(settings.port == 5671)
        #expect(settings.tls?.verifiesPeer == true)
        #expect(settings.tls?.authorities == authorities)
        #expect(try RabbitMQSettings(connectionString: "amqps://b?verify=verify_none").tls?.verifiesPeer == false)
    }

    @Test(arguments: [
        "", "http://u:hunter2@broker", "amqp://", "amqp://u:hunter2@", "amqp://u:hunter2@broker:0",
        "amqp://u:hunter2@broker:70000", "amqp://u:hunter2@broker/a/b", "amqp://u:hunter2@bro ker", "broker:5672",
        "amqps://u:hunter2@broker?verify=maybe", "amqp://u:hunter2@broker#x", "amqp://u:hunter2%00@broker",
    ])
    func `a bad address is refused without repeating it`(address: String) throws {
        let error = try #require(throws: InvalidAddress.self) {
            try RabbitMQSettings(connectionString: address)
        }
        #expect(!error.description.contains("hunter2"))
    }
}
