// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Shared

/// Sends one request and brings the answer, whatever its status.
protocol APITransport: Sendable {
    /// Throws `CLIFailure` with code `unreachable` when there is no answer.
    func send(_ request: APIRequest, token: String) async throws(CLIFailure) -> APIAnswer
}

/// Sends requests over HTTP/1.1; follows no redirect, for a token is meant for one address.
struct HTTPTransport: APITransport {
    /// Lives as long as the process: it has nothing to say goodbye to.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        // Who waits at a prompt hears at once that nobody is there.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    let url: String
    /// How long an answer may take, from the first try to connect to its last byte.
    var limit = Duration.seconds(30)

    func send(_ request: APIRequest, token: String) async throws(CLIFailure) -> APIAnswer {
        var message = HTTPClientRequest(url: url + request.target)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers.add(name: "User-Agent", value: "\(CLIMain.programName)/\(ProductVersion.text)")
        message.headers.add(name: "Accept", value: "application/json")
        message.headers.add(name: "Authorization", value: "Bearer \(token)")
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body {
            var json = JSONWriter()
            json.write(body)
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(json.bytes, length: .known(Int64(json.bytes.count)))
        }
        do {
            let response = try await Self.client.execute(message, deadline: .now() + TimeAmount(limit))
            let body = try await response.body.collect(upTo: APIAnswer.maximumSize)
            let headers = response.headers.map { ($0.name.lowercased(), $0.value) }
            return APIAnswer(
                status: Int(response.status.code),
                headers: Dictionary(headers, uniquingKeysWith: { "\($0), \($1)" }),
                body: Array(body.readableBytesView))
        } catch {
            throw failure(error, of: request)
        }
    }

    /// What went wrong, and what to do about it.
    private func failure(_ error: any Error, of request: APIRequest) -> CLIFailure {
        let name = "the API at \(EscapedText.bare(url))"
        let repeated =
            request.method == .get
            ? "Try again." : "It may have been done nevertheless: look before you try again."
        switch error {
        case is NIOTooManyBytesError:
            return CLIFailure(
                .other, "the answer of \(name) is larger than \(APIAnswer.maximumSize >> 20) MiB",
                hints: "Is the address right? Else ask for less, with --limit.")
        case let error as HTTPClientError where error == .deadlineExceeded:
            return CLIFailure(
                .unreachable, "\(name) does not answer within \(limit.components.seconds) s", hints: repeated)
        case _ where Self.isCutOff(error):
            return CLIFailure(
                .unreachable, "\(name) closed the connection before the whole answer was there", hints: repeated)
        case let error as IOError where error.errnoCode == 104 || error.errnoCode == 32:
            return CLIFailure(.unreachable, "\(name) broke the connection off", hints: repeated)
        case is HTTPParserError:
            return CLIFailure(
                .other, "what answers at \(EscapedText.bare(url)) does not speak HTTP as it should",
                hints: "Is the address right, and http or https? Another one: --url.")
        default:
            return CLIFailure(
                .unreachable, "\(name) cannot be reached: \(Self.reason(error))",
                hints: "Is it running? Another address: --url, SIMPLE_SCHEDULER_URL or a context.")
        }
    }

    private static func isCutOff(_ error: any Error) -> Bool {
        error as? HTTPClientError == .remoteConnectionClosed || error as? HTTPParserError == .invalidEOFState
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return reason(failure.error) }
            return "the host \(EscapedText.quoted(error.host)) is not known"
        case let error as IOError where error.errnoCode == 111: return "connection refused"
        case let error as HTTPClientError where error == .connectTimeout: return "no connection within 5 s"
        default: return EscapedText.bare(String("\(error)".prefix(200)))
        }
    }
}
