// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Gets documents over HTTP with a client of its own: no redirects, no proxies, no cookies, no decompression.
///
/// ``shutdown()`` must be called before it goes.
package final class HTTPDocumentFetcher: DocumentFetcher {
    private let client: HTTPClient
    private let timeout: Duration

    /// `connectTimeout` is for TCP and TLS, `timeout` for everything from the call to the last byte.
    package init(connectTimeout: Duration = .seconds(3), timeout: Duration = .seconds(5)) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = TimeAmount(connectTimeout)
        configuration.decompression = .disabled
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(configuration: configuration)
        self.timeout = timeout
    }

    package func fetch(_ address: String, limit: Int) async throws(IssuerFailure) -> FetchedDocument {
        do {
            return try await withThrowingTaskGroup(of: FetchedDocument.self) { group in
                group.addTask { try await self.load(address, limit: limit) }
                // The client's own deadline ends with the headers; a body may drip for ever.
                group.addTask { [timeout] in
                    try await Task.sleep(for: timeout)
                    throw IssuerFailure("it takes longer than \(timeout)")
                }
                defer { group.cancelAll() }
                guard let document = try await group.next() else { throw CancellationError() }
                return document
            }
        } catch let failure as IssuerFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw IssuerFailure("its answer is longer than \(limit) bytes")
        } catch let error as HTTPClientError {
            throw IssuerFailure("it cannot be reached: \(error.shortDescription)")
        } catch {
            throw IssuerFailure("it cannot be reached: \(type(of: error))")
        }
    }

    private func load(_ address: String, limit: Int) async throws -> FetchedDocument {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "accept", value: "application/json")
        let response = try await client.execute(request, timeout: TimeAmount(timeout))
        guard response.status == .ok else {
            throw IssuerFailure("it answered with status \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: limit)
        return FetchedDocument(
            body: Array(body.readableBytesView),
            maxAge: MaximumAge.parse(response.headers[canonicalForm: "cache-control"]))
    }

    /// Closes the connections; no fetch may come afterwards.
    package func shutdown() async {
        try? await client.shutdown()
    }
}
