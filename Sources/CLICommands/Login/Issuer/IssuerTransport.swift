// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
private import NIOPosix

/// Sends requests to the issuer: the seam between the logic of logins and the network.
struct IssuerTransport: Sendable {
    /// A GET, or a POST of a form.
    struct Request: Sendable {
        var address: String
        /// `nil` makes it a GET.
        var form: [(name: String, value: String)]?
        /// The value of the header `Authorization`.
        var authorization: String?
    }

    /// What came back, whatever the status.
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    /// Throws `unreachable` when there is no answer.
    var send: @Sendable (Request) async throws -> Answer

    /// The most that an answer may be.
    static let maximumSize = 1 << 20

    /// Over the network, with a client for each request: no redirects, no proxies, no cookies, ten seconds in all.
    static let http = IssuerTransport { request in
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.decompression = .disabled
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        let result: Result<Answer, CLIFailure>
        do {
            result = .success(
                try await withTimeLimit(.seconds(10)) { try await exchange(request, by: client) })
        } catch is NIOTooManyBytesError {
            result = .failure(unreachable(request, "its answer is longer than 1 MiB"))
        } catch let error as HTTPClientError {
            result = .failure(unreachable(request, error.shortDescription))
        } catch is TimeLimitPassed {
            result = .failure(unreachable(request, "it takes longer than ten seconds"))
        } catch is CancellationError {
            result = .failure(unreachable(request, "given up"))
        } catch let error as NIOConnectionError {
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "no address of it answers"
            result = .failure(unreachable(request, reason))
        } catch {
            result = .failure(unreachable(request, "\(error)"))
        }
        try? await client.shutdown()
        return try result.get()
    }

    private static func exchange(_ request: Request, by client: HTTPClient) async throws -> Answer {
        var message = HTTPClientRequest(url: request.address)
        message.headers.add(name: "accept", value: "application/json")
        message.headers.add(name: "user-agent", value: CLIMain.programName)
        if let form = request.form {
            message.method = .POST
            message.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            message.body = .bytes(ByteBuffer(string: FormEncoding.encode(form)))
        }
        if let authorization = request.authorization {
            message.headers.add(name: "authorization", value: authorization)
        }
        let response = try await client.execute(message, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: maximumSize)
        return Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
    }

    private static func unreachable(_ request: Request, _ reason: String) -> CLIFailure {
        CLIFailure(
            .unreachable,
            "the issuer does not answer at \(shown(request.address, quoted: false)): \(shown(reason, quoted: false))",
            hints: "Is the address right, and the network up?")
    }
}
