// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
package import Shared

/// Sends runs as requests over HTTP/1.1 and HTTP/2, with connections that are kept for a moment.
///
/// Follows no redirect, takes no proxy from the environment, unpacks nothing, and reads no more of an answer than is kept.
/// Must be closed before it goes, by ``close()`` or ``closing(_:)``.
package final class HTTPRequestSink: RequestSink {
    private let client: HTTPClient

    /// Takes up to ``RequestLimits/perHost`` connections to one host: as many as there are requests in flight to it.
    package init() {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.decompression = .disabled
        // Longer waits are cut off by the time-out of the request.
        configuration.timeout.connect = .seconds(30)
        // Shorter than any server keeps a connection: what is sent on one that is being closed is lost.
        configuration.connectionPool.idleTimeout = .seconds(1)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = RequestLimits.perHost
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Closes the connections; what is under way fails.
    package func close() async {
        try? await client.shutdown()
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

    package func send(_ request: RunRequest) async -> RequestOutcome {
        let message = Self.message(request)
        do {
            let response = try await client.execute(message, deadline: .distantFuture)
            var answer = RequestAnswer(
                status: Int(response.status.code), contentType: response.headers.first(name: "content-type"))
            for try await part in response.body {
                let room = RequestAnswer.longestBody - answer.body.count
                answer.body += part.readableBytesView.prefix(room)
                guard part.readableBytes <= room else {
                    answer.isCut = true
                    answer.length = response.headers.first(name: "content-length").flatMap { Int($0) }
                    break
                }
            }
            return .answer(answer)
        } catch {
            return .failure(RequestFailure.line(error))
        }
    }

    /// The request as contract section 9 has it.
    private static func message(_ request: RunRequest) -> HTTPClientRequest {
        let (action, delivery) = (request.message, request.delivery)
        let scheme = delivery.url.prefix { $0 != ":" }
        var message = HTTPClientRequest(url: scheme.lowercased() + delivery.url.dropFirst(scheme.count))
        message.method = HTTPMethod(rawValue: delivery.method.rawValue)
        var headers: HTTPHeaders = [
            "User-Agent": "simple-scheduler/\(ProductVersion.text)",
            "Idempotency-Key": "\(action.runID)",
            "Simple-Scheduler-Job": "\(action.jobName)",
            "Simple-Scheduler-Run-Id": "\(action.runID)",
            "Simple-Scheduler-Attempt": "\(action.attempt)",
            "Simple-Scheduler-Scheduled-Time": request.slot.rfc3339,
            "Simple-Scheduler-Action": action.action.rawValue,
        ]
        if delivery.method.takesBody {
            var type = "application/json"
            let body: [UInt8]
            switch action.payload {
            case nil: body = action.encodedBody()
            case .string(let text)?:
                body = Array(text.utf8)
                type = "text/plain; charset=utf-8"
            case let payload?:
                var json = JSONWriter()
                json.write(payload)
                body = json.bytes
            }
            headers.add(name: "Content-Type", value: type)
            message.body = .bytes(body, length: .known(Int64(body.count)))
        }
        for (name, value) in delivery.headers.sorted(by: { $0.key < $1.key }) {
            headers.replaceOrAdd(name: name, value: value)
        }
        message.headers = headers
        return message
    }
}
