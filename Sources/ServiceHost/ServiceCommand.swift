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
///     func assemble(_ settings: CustodianSettings, logger: Logger) throws -> ServiceAssembly { … }
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

    /// Lays what the command line says over the settings; nothing, by default.
    ///
    /// - Throws: `InvalidSettings` when they do not go together.
    func adjust(_ settings: inout Settings) throws(InvalidSettings)

    /// Wires the parts without contacting anything: `--check` calls it, too.
    ///
    /// - Throws: `InvalidSettings` for what only a driver can find out about a setting.
    func assemble(_ settings: Settings, logger: Logger) throws -> ServiceAssembly
}

extension ServiceCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: programName, abstract: abstract, version: "\(programName) \(ProductVersion.text)")
    }

    package func adjust(_ settings: inout Settings) throws(InvalidSettings) {}

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
        var settings: Settings
        do {
            loaded = try LoadedSettings(envFile: options.envFile)
            settings = loaded.settings
            try adjust(&settings)
        } catch {
            StandardError.write("\(error)")
            throw error
        }
        let metrics = PrometheusMetrics()
        let logger = ProcessSetup.bootstrap(settings.log, metrics: metrics, label: Self.programName)
        for warning in loaded.warnings { logger.log(.warning, "\(warning)") }
        let assembly: ServiceAssembly
        do {
            assembly = try assemble(settings, logger: logger)
        } catch {
            StandardError.write("\(error)")
            throw error
        }
        if options.check {
            print(loaded.resolved.map(\.description).joined(separator: "\n"))
            return
        }
        try await ServiceRunner(
            assembly: assembly, healthAddress: settings.healthAddress, metrics: metrics, logger: logger
        ).run()
    }
}

extension LoadedSettings {
    /// Reads the settings of this process: its environment, and the file of this path, or `.env` if there is one.
    ///
    /// - Throws: `InvalidSettings` with every fault there is.
    package init(envFile: String?) throws(InvalidSettings) {
        let path = envFile ?? ".env"
        let file = try EnvironmentFileReader.read(path, mayBeMissing: envFile == nil)
        try self.init(
            SettingSource(environment: ProcessInfo.processInfo.environment, file: file?.values ?? [:], filePath: path))
    }
}
