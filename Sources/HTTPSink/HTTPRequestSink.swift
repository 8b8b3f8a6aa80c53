// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard
private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
private import NIOSSL
package import Shared

/// Sends runs as requests over HTTP/1.1 and HTTP/2, to addresses that the rules allow, with connections that are kept for a
/// moment.
///
/// A name is resolved and every address of it judged before; only those that may be called are, one after the other until one can be
/// reached. Follows no redirect, takes no proxy from the environment, unpacks nothing, and reads no more of an answer than is
/// kept. Must be closed before it goes, by ``close()`` or ``closing(_:)``.
package final class HTTPRequestSink: RequestSink {
    private let rules: AddressRules
    private let names: NameLookup
    private let tlsFile: TLSFile
    private let clients: PinnedClients
    /// Whether everything goes through a proxy, which resolves the names.
    private let hasProxy: Bool

    /// Reads the file of certificates; contacts nothing.
    ///
    /// `names` is for tests. Takes up to ``RequestLimits/perHost`` connections to one host: as many as there are requests in flight to it.
    /// - Throws: with what is wrong with the file.
    package init(_ settings: HTTPSettings, names: NameLookup? = nil) throws(InvalidSettings) {
        tlsFile = if let path = settings.tlsFile { try TLSFile(path: path) } else { TLSFile() }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.decompression = .disabled
        // Shorter than any server keeps a connection: what is sent on one that is being closed is lost.
        configuration.connectionPool.idleTimeout = .seconds(1)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.limits.perHost
        configuration.connectionPool.retryConnectionEstablishment = false
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = SystemRoots.all
        configuration.tlsConfiguration = tls
        rules = settings.rules
        if let names {
            self.names = names
        } else {
            let system = SystemNames()
            self.names = { await system.addresses(of: $0) }
        }
        hasProxy = settings.proxy != nil
        if let proxy = settings.proxy {
            configuration.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.user.map { .basic(username: $0, password: proxy.password) })
        }
        clients = PinnedClients(rules, configuration)
    }

    /// Closes the connections; what is under way fails.
    package func close() async {
        await clients.close()
    }

    /// Runs `work`, which uses it, and closes it at the end, also when that is an error.
    package func closing<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            let value = try await work()
            await close()
            return value
        } catch {
            await close()
            throw error
        }
    }

    package func send(_ request: RunRequest) async -> RequestEnd {
        var stopwatch = Stopwatch()
        let outcome = await outcome(of: request, &stopwatch)
        stopwatch.seen.total = stopwatch.soFar
        return RequestEnd(outcome: outcome, seen: stopwatch.seen)
    }

    private func outcome(of request: RunRequest, _ stopwatch: inout Stopwatch) async -> RequestOutcome {
        let (host, port) = request.delivery.target
        if let denial = rules.objection(host: host, port: port) { return .failure(denial.description) }
        var message = HTTPClientRequest(request)
        let key = Self.pin(&message)
        message.tlsConfiguration = tlsFile.configuration(host: host, port: port)
        if hasProxy {
            return await outcome(
                of: message, port: port, over: [.init(host: key, address: nil, isLast: true)], &stopwatch)
        }
        let found: [IPAddress]
        switch WrittenHost(host) {
        case .address(let address): found = [address]
        case .name(let name):
            guard let addresses = await names(name) else { return .failure("broken off") }
            stopwatch.seen.resolve = stopwatch.soFar
            guard !addresses.isEmpty else { return .failure("name not found: \(name)") }
            found = addresses
        case .unclear: return .failure(RequestFailure.unusable)
        }
        let allowed = found.filter { rules.objection(to: $0, host: host, port: port) == nil }
        guard let last = allowed.last else {
            return .failure(rules.objection(to: found[0], host: host, port: port)?.description ?? "")
        }
        let pins = allowed.map { PinnedClients.Key(host: key, address: $0, isLast: $0 == last) }
        return await outcome(of: message, port: port, over: pins, &stopwatch)
    }

    /// Tries one way after the other, as long as nothing can be reached over them.
    private func outcome(
        of message: HTTPClientRequest, port: UInt16, over pins: [PinnedClients.Key], _ stopwatch: inout Stopwatch
    ) async -> RequestOutcome {
        for pin in pins {
            guard let client = clients.borrow(pin) else { return .failure("broken off") }
            defer { clients.giveBack(pin) }
            stopwatch.seen.address = pin.address.map { "\($0)" }
            do {
                return .answer(try await answer(to: message, port: port, over: client, &stopwatch))
            } catch {
                guard !pin.isLast, RequestFailure.isUnreachable(error), !Task.isCancelled else {
                    return .failure(RequestFailure.line(error))
                }
            }
        }
        return .failure(RequestFailure.unusable)
    }

    /// Sends it, once more where a connection that was kept turns out to be closed by the other side: an `Idempotency-Key`
    /// goes with it (RFC 9110, section 9.2.2); and where the other side says that it has done nothing with it (RFC 9113, section 8.7).
    private func answer(
        to message: HTTPClientRequest, port: UInt16, over client: PinnedClient, _ stopwatch: inout Stopwatch
    ) async throws -> RequestAnswer {
        var mayRepeat = true
        while true {
            let start = ContinuousClock.now
            do {
                let response = try await client.execute(message, port: port)
                stopwatch.note(client.opening(since: start), since: start, hasTLS: message.url.hasPrefix("https:"))
                stopwatch.seen.firstByte = stopwatch.soFar
                stopwatch.seen.status = Int(response.status.code)
                return try await Self.read(response)
            } catch {
                let opened = client.opening(since: start)
                stopwatch.note(opened, since: start, hasTLS: message.url.hasPrefix("https:"))
                // Another request may have opened a connection meanwhile; then it is not known whether this one's was new.
                let wasLost = opened == nil && RequestFailure.isClosed(error) || RequestFailure.isUnprocessed(error)
                guard mayRepeat, wasLost, stopwatch.seen.status == nil, !Task.isCancelled else { throw error }
                mayRepeat = false
            }
        }
    }

    private static func read(_ response: HTTPClientResponse) async throws -> RequestAnswer {
        var answer = RequestAnswer(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type"))
        answer.headers = response.headers.map { RequestAnswer.Header(name: $0.name, value: $0.value) }
        answer.retryAfter = response.headers.first(name: "retry-after")
        for try await part in response.body {
            let room = RequestAnswer.longestBody - answer.body.count
            answer.body += part.readableBytesView.prefix(room)
            guard part.readableBytes <= room else {
                answer.isCut = true
                answer.length = response.headers.first(name: "content-length").flatMap { Int($0) }
                break
            }
        }
        return answer
    }

    /// Writes the host in the one way in which the client is told its address, and gives it: in lower case, without the dot that
    /// no certificate has.
    private static func pin(_ message: inout HTTPClientRequest) -> String {
        guard let start = message.url.firstRange(of: "//")?.upperBound else { return "" }
        let authority = message.url[start...].prefix { !"/?#".contains($0) }
        let rest = message.url[authority.endIndex...]
        var host = authority.lowercased()
        var port = ""
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            port = String(host[colon...])
            host = String(host[..<colon])
        }
        if host.hasSuffix(".") { host.removeLast() }
        message.url = message.url[..<start] + host + port + rest
        return host
    }
}

/// What was seen of a request so far.
private struct Stopwatch {
    var seen = HTTPAttempt()
    private let start = ContinuousClock.now

    var soFar: Double { Self.milliseconds(ContinuousClock.now - start) }

    /// Takes in how long a connection took that was begun at `begin`.
    mutating func note(_ opening: PinnedClient.Opening?, since begin: ContinuousClock.Instant, hasTLS: Bool) {
        guard let opening else { return }
        let whole = opening.at - begin
        let connect = hasTLS ? min(opening.roundTrip, whole) : whole
        seen.connect = Self.milliseconds(connect)
        if hasTLS { seen.tls = Self.milliseconds(whole - connect) }
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        Double(duration / .microseconds(1)).rounded() / 1_000
    }
}
