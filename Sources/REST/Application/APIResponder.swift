// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
package import Hummingbird
import Logging
import Metrics
import OIDC
import ServiceHost
import Shared

/// Answers requests: finds the operation, lets in who may, has a controller do it, and marks, counts and notes the answer.
package struct APIResponder: HTTPResponder {
    /// As the server wants it.
    package typealias Context = APIContext

    private let routes: RouteTable
    private let jobs: JobsController
    private let runs: RunsController
    private let deliveries: DeliveriesController
    private let callbacks: CallbacksController
    private let managers: ManagersController
    private let probes: ProbesController
    private let clockJobs: ClockJobsController
    private let serviceJobs: ServiceJobsController
    private let dialectTokens: DialectTokens?
    private let authenticator: Authenticator
    private let limiter: RateLimiter
    private let concurrency: ConcurrencyLimiter
    private let crossOrigin: CrossOrigin
    private let owner: OwnerDoor?
    private let metrics = RequestMetrics()
    private let audit: AuditLog
    private let ids = RequestIDs()
    private let clock: any EngineClock
    private let logger: Logger

    package init(_ parts: APIParts) {
        jobs = JobsController(parts)
        runs = RunsController(parts)
        deliveries = DeliveriesController(parts)
        callbacks = CallbacksController(parts)
        managers = ManagersController(store: parts.store, heartbeatTimeout: parts.heartbeatTimeout)
        probes = ProbesController(metrics: MetricsSystem.factory, readiness: parts.readiness)
        routes = RouteTable(dialects: parts.dialects)
        clockJobs = ClockJobsController(parts)
        serviceJobs = ServiceJobsController(parts, runs: runs)
        dialectTokens = parts.dialectTokens
        authenticator = Authenticator(verifier: parts.verifier)
        limiter = RateLimiter(perSecond: parts.rateLimit)
        concurrency = ConcurrencyLimiter(places: parts.limits.requests)
        crossOrigin = CrossOrigin(origins: parts.origins)
        owner = parts.owner
        audit = AuditLog(logger: parts.logger)
        clock = parts.clock
        logger = parts.logger
    }

    /// Answers one request; never throws.
    package func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = clock.uptime()
        let id = ids.name(AnswerHeaders.requestID.flatMap { request.headers[values: $0].first })
        var (call, response) = await answer(request, context)
        AnswerHeaders.mark(&response, request: id)
        crossOrigin.mark(&response, for: request)
        if response.status == .internalServerError {
            logger.log(
                .error, "a request could not be answered",
                [.action: "\(call.operation.rawValue)", .request: "\(id)"])
        }
        audit.note(call, response, request: id)
        metrics.record(call.operation, status: response.status.code, time: clock.uptime() - start)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ context: APIContext) async -> (APICall, Response) {
        var call = APICall(
            operation: .unknown, values: [], principal: nil, request: request, context: context)
        do throws(Problem) {
            if let response = try await owner?.answer(request) { return (call, response) }
            let path = request.head.path ?? ""
            switch routes.match(request.method, path.prefix { $0 != "?" }) {
            case .nothing: throw .noPath
            case .otherMethods(let allowed): return (call, try options(request, allowed))
            case .found(let operation, let values):
                call = APICall(
                    operation: operation, values: values, principal: nil, request: request, context: context)
            }
            guard !call.operation.isProbe else { return (call, try await perform(call)) }
            guard concurrency.enter() else {
                throw .later(.serviceUnavailable, "too many requests are being worked on", seconds: 1)
            }
            defer { concurrency.leave() }
            if let scope = call.operation.scope {
                let assumed = call.operation.dialect.flatMap { dialectTokens?.token(of: $0) }
                if assumed != nil { try crossOrigin.checkWrite(request) }
                let principal = try await authenticator.principal(request.headers, assumed: assumed)
                call = APICall(
                    operation: call.operation, values: call.values, principal: principal, request: request,
                    context: context)
                if let seconds = limiter.wait(for: principal.subject, at: clock.uptime()) {
                    throw .later(.tooManyRequests, "this subject makes too many requests", seconds: seconds)
                }
                try authenticator.check(scope, of: principal)
            }
            return (call, try await perform(call))
        } catch {
            return (call, Answer.problem(error, in: call.operation.dialect))
        }
    }

    private func options(_ request: Request, _ allowed: [HTTPRequest.Method]) throws(Problem) -> Response {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        if let response = crossOrigin.preflight(request, allowed: names) { return response }
        guard request.method == .options else { throw .method(allowed: allowed) }
        var response = Answer.empty(.noContent)
        response.headers[.allow] = names
        return response
    }

    private func perform(_ call: APICall) async throws(Problem) -> Response {
        switch call.operation {
        case .listJobs: try await jobs.list(call)
        case .createJob: try await jobs.create(call)
        case .getJob: try await jobs.get(call)
        case .updateJob: try await jobs.update(call)
        case .deleteJob: try await jobs.delete(call)
        case .previewJob: try await jobs.preview(call)
        case .runJob: try await runs.start(call)
        case .listRuns: try await runs.list(call)
        case .getRun: try await runs.get(call)
        case .cancelRun: try await runs.cancel(call)
        case .testDelivery: try await deliveries.test(call)
        case .reportStatus: try await callbacks.report(call, .status)
        case .reportHeartbeat: try await callbacks.report(call, .heartbeat)
        case .listManagers: try await managers.list(call)
        case .getStatus: probes.status()
        case .getDocument: probes.document()
        case .getLiveness: probes.liveness()
        case .getReadiness: await probes.ready()
        case .getMetrics: probes.series()
        case .createClockJob: try await clockJobs.create(call)
        case .getClockJob: try await clockJobs.get(call)
        case .deleteClockJob: try await clockJobs.delete(call)
        case .deleteClockJobs: try await clockJobs.deleteBatch(call)
        case .getServiceHealth: serviceJobs.health()
        case .createServiceJob: try await serviceJobs.create(call)
        case .listServiceJobs: try await serviceJobs.list(call)
        case .getServiceJob: try await serviceJobs.get(call)
        case .updateServiceJob: try await serviceJobs.update(call)
        case .deleteServiceJob: try await serviceJobs.delete(call)
        case .runServiceJob: try await serviceJobs.run(call)
        case .setServiceJobStatus: try await serviceJobs.setStatus(call)
        case .unknown: throw .noPath
        }
    }
}
