// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Every environment variable that one of our programs reads (contract, section 2).
///
/// The defaults are where each is read: the `…Settings` of this folder; docs/configuration.md has the table.
package enum SettingName: String, CaseIterable, Sendable {
    case maxJobs = "SIMPLE_SCHEDULER_MAX_JOBS"
    case databaseType = "SIMPLE_SCHEDULER_DB_TYPE"
    case databaseConnectionString = "SIMPLE_SCHEDULER_DB_CONNECTION_STRING"
    case databaseName = "SIMPLE_SCHEDULER_DB_NAME"
    case busType = "SIMPLE_SCHEDULER_MESSAGEBUS_TYPE"
    case busConnectionString = "SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING"
    case cleanupInterval = "SIMPLE_SCHEDULER_CLEANUP_INTERVAL"
    case cacheRefreshInterval = "SIMPLE_SCHEDULER_CACHE_REFRESH_INTERVAL"
    case heartbeatInterval = "SIMPLE_SCHEDULER_HEARTBEAT_INTERVAL"
    case heartbeatTimeout = "SIMPLE_SCHEDULER_HEARTBEAT_TIMEOUT"
    case apiURL = "SIMPLE_SCHEDULER_API_URL"
    case apiRateLimit = "SIMPLE_SCHEDULER_API_RATE_LIMIT"
    case apiTokensFile = "SIMPLE_SCHEDULER_API_TOKENS_FILE"
    case apiOrigins = "SIMPLE_SCHEDULER_API_CORS_ORIGINS"
    case dialects = "SIMPLE_SCHEDULER_DIALECTS"
    case dialectTokensFile = "SIMPLE_SCHEDULER_DIALECT_TOKENS_FILE"
    case clockMonsterEvents = "SIMPLE_SCHEDULER_CLOCKMONSTER_EVENTS"
    case oidcIssuer = "SIMPLE_SCHEDULER_OIDC_ISSUER"
    case oidcAudience = "SIMPLE_SCHEDULER_OIDC_AUDIENCE"
    case logLevel = "SIMPLE_SCHEDULER_LOG_LEVEL"
    case logFormat = "SIMPLE_SCHEDULER_LOG_FORMAT"
    case healthAddress = "SIMPLE_SCHEDULER_HEALTH_ADDRESS"
    case queueType = "SIMPLE_SCHEDULER_QUEUE_TYPE"
    case httpAllowedHosts = "SIMPLE_SCHEDULER_HTTP_ALLOWED_HOSTS"
    case httpDeniedNetworks = "SIMPLE_SCHEDULER_HTTP_DENIED_NETWORKS"
    case httpMaxInFlight = "SIMPLE_SCHEDULER_HTTP_MAX_IN_FLIGHT"
    case httpMaxPerHost = "SIMPLE_SCHEDULER_HTTP_MAX_PER_HOST"
    case httpTLSFile = "SIMPLE_SCHEDULER_HTTP_TLS_FILE"
    case httpProxy = "SIMPLE_SCHEDULER_HTTP_PROXY"
    case publicURL = "SIMPLE_SCHEDULER_PUBLIC_URL"

    /// What all names begin with; a variable that begins so and is none of them is probably a slip of the pen.
    package static let prefix = "SIMPLE_SCHEDULER_"

    /// What a service that a dialect replaces calls the setting: it counts where ours is not set, without what is empty in its list.
    package var otherName: String? {
        switch self {
        case .httpAllowedHosts: "ALLOWED_TARGET_HOSTS"
        case .apiOrigins: "ALLOWED_ORIGINS"
        default: nil
        }
    }
}
