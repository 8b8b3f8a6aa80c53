// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import ArgumentParser
private import Foundation
package import Logging
package import Shared

/// The main type of a service: it names its settings and wires its parts; the rest is done here.
///
/// ```swift
/// @main struct CustodianMain: ServiceCommand {
///     static let programName = "simple-scheduler-custodian"
///     static let abstract = "…"
///     @OptionGroup var options: ServiceOptions
///     static func assemble(_ settings: CustodianSettings, logger: Logger) throws -> ServiceAssembly { … }
/// }
/// ```
package protocol ServiceCommand: AsyncParsableCommand {
    /// What the program is told.
    associatedtype Settings: ServiceSettings

    /// The name of the executable.
    static var programName: String { get }
    /// One sentence for `--help`.
    static var abstract: String { get }
    /// The parsed command line.
    var options: ServiceOptions { get }

    /// Wires the parts without contacting anything: `--check` calls it, too.
    ///
    /// - Throws: `InvalidSettings` for what only a driver can find out about a setting.
    static func assemble(_ settings: Settings, logger: Logger) throws -> ServiceAssembly
}

extension ServiceCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: programName, abstract: abstract, version: "\(programName) \(ProductVersion.text)")
    }

    package func run() async throws {
        ProcessSetup.prepare()
        do {
            try await runOrThrow()
        } catch {
            throw ServiceExit(error).exitCode
        }
    }

    /// Says every error where the operator sees it before it throws it.
    private func runOrThrow() async throws {
        let loaded: LoadedSettings<Settings>
        do {
            loaded = try Self.load(envFile: options.envFile)
        } catch {
            StandardError.write("\(error)")
            throw error
        }
        let metrics = PrometheusMetrics()
        let logger = ProcessSetup.bootstrap(loaded.settings.log, metrics: metrics, label: Self.programName)
        for warning in loaded.warnings { logger.log(.warning, "\(warning)") }
        let assembly: ServiceAssembly
        do {
            assembly = try Self.assemble(loaded.settings, logger: logger)
        } catch {
            StandardError.write("\(error)")
            throw error
        }
        if options.check {
            print(loaded.resolved.map(\.description).joined(separator: "\n"))
            return
        }
        try await ServiceRunner(
            assembly: assembly, healthAddress: loaded.settings.healthAddress, metrics: metrics, logger: logger
        ).run()
    }

    private static func load(envFile: String?) throws(InvalidSettings) -> LoadedSettings<Settings> {
        let path = envFile ?? ".env"
        let file = try EnvironmentFileReader.read(path, mayBeMissing: envFile == nil)
        return try LoadedSettings(
            SettingSource(environment: ProcessInfo.processInfo.environment, file: file?.values ?? [:], filePath: path))
    }
}
