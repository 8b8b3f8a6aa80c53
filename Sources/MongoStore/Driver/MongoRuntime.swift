// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Logging
import Synchronization

/// The process-wide part of the driver: started once, never stopped, because it cannot be started again.
///
/// No process may fork after it was started (libmongoc's manual, "Initialization and cleanup").
enum MongoRuntime {
    private static let logger = Mutex<Logger?>(nil)
    private static let isParsing = Atomic(false)

    private static let started: Void = {
        mongoc_init()
        unsafe mongoc_log_set_handler(
            { level, _, message, _ in
                guard let message = unsafe message else { return }
                MongoRuntime.log(level, unsafe String(cString: message))
            }, nil)
    }()

    /// Starts the driver when it is not; from now on its own messages go to `logger`, from any thread.
    static func start(logger: Logger) {
        Self.logger.withLock { $0 = logger }
        _ = started
    }

    /// Runs `parse` while only those messages pass that quote the name of an option and never a value: the others may
    /// repeat parts of a connection string.
    static func guardingSecrets<Result>(_ parse: () -> Result) -> Result {
        isParsing.store(true, ordering: .releasing)
        defer { isParsing.store(false, ordering: .releasing) }
        return parse()
    }

    private static func log(_ level: mongoc_log_level_t, _ text: String) {
        guard let logger = logger.withLock({ $0 }) else { return }
        if isParsing.load(ordering: .acquiring), !text.hasPrefix("Unsupported URI option") { return }
        let level: Logger.Level =
            switch level {
            case MONGOC_LOG_LEVEL_ERROR, MONGOC_LOG_LEVEL_CRITICAL: .error
            case MONGOC_LOG_LEVEL_WARNING: .warning
            case MONGOC_LOG_LEVEL_MESSAGE, MONGOC_LOG_LEVEL_INFO: .info
            case MONGOC_LOG_LEVEL_DEBUG: .debug
            default: .trace
            }
        logger.log(level: level, "MongoDB driver: \(text)")
    }
}
