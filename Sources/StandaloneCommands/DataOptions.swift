// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Foundation
import Shared

/// Where the data are.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of the data, which is made when it is missing.",
            discussion: "Default: $XDG_DATA_HOME/simple-scheduler, or ~/.local/share/simple-scheduler.",
            valueName: "folder"))
    var data: String?

    /// The folder as an absolute path, without a slash at its end.
    func folder() throws(InvalidSettings) -> String {
        guard let named = data ?? StandaloneSettings.defaultFolder(ProcessInfo.processInfo.environment), !named.isEmpty
        else {
            throw InvalidSettings([
                SettingFault(
                    subject: "--data", expected: "a folder for the data, as neither HOME nor XDG_DATA_HOME is one")
            ])
        }
        return absolutePath(named)
    }

    /// The path of a database file, which begins in the folder unless it is absolute.
    func path(of file: String) throws(InvalidSettings) -> String {
        file.hasPrefix("/") ? file : "\(try folder())/\(file)"
    }
}

/// A path that means the same to another process.
func absolutePath(_ path: String) -> String {
    var path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
}
