// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Shared

/// Everything that the API can be asked; the raw values are the operation ids of the OpenAPI document and the values of
/// the metrics' label.
package enum Operation: String, CaseIterable, Hashable, Sendable {
    case listJobs, createJob, getJob, updateJob, deleteJob, runJob, previewJob
    case listRuns, getRun, cancelRun
    case testDelivery
    case reportStatus, reportHeartbeat
    case listManagers
    case getStatus, getDocument, getLiveness, getReadiness, getMetrics
    // Of the dialect `clockmonster`.
    case createClockJob, getClockJob, deleteClockJob, deleteClockJobs
    // Of the dialect `jobs`.
    case getServiceHealth, createServiceJob, listServiceJobs, getServiceJob, updateServiceJob, deleteServiceJob
    case runServiceJob, setServiceJobStatus
    /// A request that fits no operation.
    case unknown

    /// The method and the path, with names in braces for what varies; `nil` for ``unknown``.
    package var route: (method: HTTPRequest.Method, path: String)? {
        switch self {
        case .listJobs: (.get, "/api/jobs")
        case .createJob: (.post, "/api/jobs")
        case .getJob: (.get, "/api/jobs/{name}")
        case .updateJob: (.patch, "/api/jobs/{name}")
        case .deleteJob: (.delete, "/api/jobs/{name}")
        case .runJob: (.post, "/api/jobs/{name}/run")
        case .previewJob: (.get, "/api/jobs/{name}/preview")
        case .listRuns: (.get, "/api/runs")
        case .getRun: (.get, "/api/runs/{id}")
        case .cancelRun: (.post, "/api/runs/{id}/cancel")
        case .testDelivery: (.post, "/api/deliveries/test")
        case .reportStatus: (.post, "/api/callbacks/{attempt}/status")
        case .reportHeartbeat: (.post, "/api/callbacks/{attempt}/heartbeat")
        case .listManagers: (.get, "/api/managers")
        case .getStatus: (.get, "/api/status")
        case .getDocument: (.get, "/api/openapi.json")
        case .getLiveness: (.get, "/livez")
        case .getReadiness: (.get, "/readyz")
        case .getMetrics: (.get, "/metrics")
        case .createClockJob: (.post, "/v2/job")
        case .getClockJob: (.get, "/v2/job")
        case .deleteClockJob: (.delete, "/v2/job")
        case .deleteClockJobs: (.delete, "/v2/job/batch")
        case .getServiceHealth: (.get, "/health")
        case .createServiceJob: (.post, "/jobs")
        case .listServiceJobs: (.get, "/jobs")
        case .getServiceJob: (.get, "/jobs/{id}")
        case .updateServiceJob: (.put, "/jobs/{id}")
        case .deleteServiceJob: (.delete, "/jobs/{id}")
        case .runServiceJob: (.post, "/jobs/{id}/run")
        case .setServiceJobStatus: (.patch, "/jobs/{id}/status")
        case .unknown: nil
        }
    }

    /// The dialect that it belongs to; `nil` = it is the API's own.
    package var dialect: Dialect? {
        switch self {
        case .createClockJob, .getClockJob, .deleteClockJob, .deleteClockJobs: .clockMonster
        case .getServiceHealth, .createServiceJob, .listServiceJobs, .getServiceJob, .updateServiceJob,
            .deleteServiceJob, .runServiceJob, .setServiceJobStatus:
            .jobs
        default: nil
        }
    }

    /// What the token must grant; `nil` = no token is asked for.
    package var scope: Scope? {
        switch self {
        case .listJobs, .getJob, .previewJob, .listManagers: .readJobs
        case .createJob, .updateJob, .deleteJob, .testDelivery: .writeJobs
        case .listRuns, .getRun: .readRuns
        case .runJob, .cancelRun, .runServiceJob: .writeRuns
        case .getClockJob, .listServiceJobs, .getServiceJob: .readJobs
        case .createClockJob, .deleteClockJob, .deleteClockJobs, .createServiceJob, .updateServiceJob,
            .deleteServiceJob, .setServiceJobStatus:
            .writeJobs
        // Whoever knows the address may report of its attempt.
        case .reportStatus, .reportHeartbeat: nil
        case .getStatus, .getDocument, .getLiveness, .getReadiness, .getMetrics, .getServiceHealth, .unknown: nil
        }
    }

    /// Whether it changes anything, and so leaves a line in the audit log.
    package var isWrite: Bool { scope == .writeJobs || scope == .writeRuns }

    /// Whether operators' machinery asks it: such requests are answered even when all places are taken.
    package var isProbe: Bool {
        switch self {
        case .getLiveness, .getReadiness, .getMetrics: true
        default: false
        }
    }
}
