// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
import Logging
import Metrics
import Shared

/// What a process needs once, before anything else.
enum ProcessSetup {
    /// Ignores `SIGPIPE`, so that a closed pipe or socket is an error and no end, and makes sure that the descriptors
    /// 0 to 2 are taken: otherwise the next socket gets number 2 and the log goes to a server.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Sets logs and metrics up for the whole process; to be called once.
    static func bootstrap(_ settings: LogSettings, metrics: PrometheusMetrics, label: String) -> Logger {
        MetricsSystem.bootstrap(metrics)
        let dropped = Counter(.logLinesDropped)
        let sink = LogSink { dropped.increment() }
        LoggingSystem.bootstrap { _ in LineLogHandler(level: settings.level, format: settings.format, sink: sink) }
        return Logger(label: label)
    }
}
