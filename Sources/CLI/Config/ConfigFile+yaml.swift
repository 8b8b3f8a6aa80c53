// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
private import Yams

/// The config file as text:
///
/// ```yaml
/// current: default
/// contexts:
///   default:
///     url: https://scheduler.example.com/api
///     issuer: https://id.example.com
///     client-id: simple-scheduler-cli
/// ```
extension ConfigFile {
    /// Reads a text strictly: what is not known is a fault, with its line and what is allowed there.
    init(yaml bytes: [UInt8], path: String) throws(CLIFailure) {
        self.init()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CLIFailure(.usage, "\(path) is not UTF-8 text")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw CLIFailure(.usage, "\(path) is not YAML: \(EscapedText.bare(Self.summary(of: error)))")
        } catch {
            throw CLIFailure(.usage, "\(path) is not YAML")
        }
        guard let root, root.null == nil else { return }
        let reader = Reader(path: path)
        for (key, value) in try reader.members(of: root, named: "the file") {
            switch try reader.text(key) {
            case "current": current = try reader.contextName(value)
            case "contexts" where value.null != nil: break
            case "contexts":
                for (name, members) in try reader.members(of: value, named: "contexts") {
                    contexts[try reader.contextName(name)] = try reader.context(members)
                }
            case let other: throw reader.unknown(other, at: key, allowed: "current, contexts")
            }
        }
        if let current, contexts[current] == nil {
            throw CLIFailure(
                .usage, "\(path) names \(current) as the current context, which it does not have",
                hints: "Its contexts: \(contexts.keys.sorted().joined(separator: ", "))")
        }
    }

    /// The text, always the same for the same content.
    var yaml: [UInt8] {
        var lines: [String] = []
        if let current { lines.append("current: \(EscapedText.quoted(current))") }
        lines.append(contexts.isEmpty ? "contexts: {}" : "contexts:")
        for (name, context) in contexts.sorted(by: { $0.key < $1.key }) {
            // JSON's quoted texts are YAML's too.
            let members = [("url", context.url), ("issuer", context.issuer), ("client-id", context.clientID)]
            let filled = members.compactMap { key, value in value.map { "    \(key): \(EscapedText.quoted($0))" } }
            lines.append("  \(EscapedText.quoted(name)):\(filled.isEmpty ? " {}" : "")")
            lines += filled
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func summary(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, _):
            "a key stands twice: \(duplicates.first.map { "\($0)" } ?? "")"
        default: "it cannot be read"
        }
    }

    private struct Reader {
        let path: String

        func fault(_ text: String, at node: Node, hint: String? = nil) -> CLIFailure {
            let place = node.mark.map { "\(path):\($0.line)" } ?? path
            var failure = CLIFailure(.usage, "\(place): \(text)")
            if let hint { failure.hints = [hint] }
            return failure
        }

        func unknown(_ key: String, at node: Node, allowed: String) -> CLIFailure {
            fault("unknown key \(shown(key))", at: node, hint: "Allowed here: \(allowed)")
        }

        func members(of node: Node, named name: String) throws(CLIFailure) -> [(Node, Node)] {
            guard let mapping = node.mapping else {
                throw fault("\(name) must be a mapping of keys to values", at: node)
            }
            return mapping.map { ($0.key, $0.value) }
        }

        func text(_ node: Node) throws(CLIFailure) -> String {
            guard let text = node.scalar?.string else { throw fault("a text is expected", at: node) }
            return text
        }

        func contextName(_ node: Node) throws(CLIFailure) -> String {
            let name = try text(node)
            guard SavedContext.isName(name) else {
                throw fault("\(shown(name)) is no name of a context", at: node, hint: SavedContext.expectedName)
            }
            return name
        }

        func context(_ node: Node) throws(CLIFailure) -> SavedContext {
            var context = SavedContext()
            for (key, value) in try members(of: node, named: "a context") {
                switch try text(key) {
                case "url":
                    guard let url = APIAddress.read(try text(value)) else {
                        throw fault("url must be \(APIAddress.expected)", at: value)
                    }
                    context.url = url
                case "issuer":
                    guard let issuer = IssuerURL(try text(value)) else {
                        throw fault("issuer must be an address such as https://id.example.com", at: value)
                    }
                    context.issuer = issuer.description
                case "client-id": context.clientID = try text(value)
                case let other: throw unknown(other, at: key, allowed: "url, issuer, client-id")
                }
            }
            return context
        }
    }
}
