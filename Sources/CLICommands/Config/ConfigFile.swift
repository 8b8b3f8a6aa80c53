// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import YAML

/// The config file: the contexts by name, and which of them is the current one.
///
/// Written only by whoever holds the lock of its folder.
struct ConfigFile: Equatable, Sendable {
    static let name = "config.yaml"

    var current: String?
    var contexts: [String: SavedContext] = [:]

    init() {}

    /// Reads it from the folder; an empty one when there is none.
    init(in folder: PrivateFolder) throws(CLIFailure) {
        self.init()
        guard let bytes = try folder.read(Self.name, isSecret: false) else { return }
        self = try ConfigFile(yaml: bytes, path: folder.shownPath(Self.name))
    }

    /// Writes it; comments that somebody put into it are lost.
    func save(in folder: PrivateFolder) throws(CLIFailure) {
        try folder.write(yaml, to: Self.name)
    }

    /// The context of this name, which must be there.
    func context(named name: String) throws(CLIFailure) -> SavedContext {
        if let context = contexts[name] { return context }
        let names = contexts.keys.sorted().joined(separator: ", ")
        throw CLIFailure(
            .usage, "there is no context \(shown(name))",
            hints: names.isEmpty
                ? "There are none yet: `\(CLIMain.programName) context add NAME -u URL` or `login` makes one."
                : "There are: \(names)")
    }

    /// The context that has this address, the current one before others.
    func name(ofURL url: String) -> String? {
        let names = contexts.filter { $0.value.url == url }.keys
        if let current, names.contains(current) { return current }
        return names.min()
    }
}

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
        let documents: [YAMLNode]
        do {
            documents = try YAMLReader.documents(bytes)
        } catch {
            throw CLIFailure(.usage, "\(path):\(error.line): \(error.reason)")
        }
        let reader = Reader(path: path)
        guard documents.count < 2 else { throw CLIFailure(.usage, "\(path) has more than one document") }
        guard let root = documents.first, root.content != .scalar(.null) else { return }
        for member in try reader.members(of: root, named: "the file") {
            switch member.key {
            case "current": current = try reader.contextName(reader.text(member.value), line: member.line)
            case "contexts" where member.value.content == .scalar(.null): break
            case "contexts":
                for context in try reader.members(of: member.value, named: "contexts") {
                    let name = try reader.contextName(context.key, line: context.line)
                    contexts[name] = try reader.context(context.value)
                }
            default: throw reader.unknown(member, allowed: "current, contexts")
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
            let members = [
                ("url", context.url), ("issuer", context.issuer), ("client-id", context.clientID),
                ("audience", context.audience), ("scope", context.scope),
            ]
            let filled = members.compactMap { key, value in value.map { "    \(key): \(EscapedText.quoted($0))" } }
            lines.append("  \(EscapedText.quoted(name)):\(filled.isEmpty ? " {}" : "")")
            lines += filled
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private struct Reader {
        let path: String

        func fault(_ text: String, line: Int, hint: String? = nil) -> CLIFailure {
            var failure = CLIFailure(.usage, "\(path):\(line): \(text)")
            if let hint { failure.hints = [hint] }
            return failure
        }

        func unknown(_ member: YAMLNode.Member, allowed: String) -> CLIFailure {
            fault("unknown key \(shown(member.key))", line: member.line, hint: "Allowed here: \(allowed)")
        }

        func members(of node: YAMLNode, named name: String) throws(CLIFailure) -> [YAMLNode.Member] {
            guard case .mapping(let members) = node.content else {
                throw fault("\(name) must be a mapping of keys to values", line: node.line)
            }
            return members
        }

        func text(_ node: YAMLNode) throws(CLIFailure) -> String {
            guard case .scalar(.string(let text)) = node.content else {
                throw fault("a text is expected; one that looks like a number needs quotes", line: node.line)
            }
            return text
        }

        func contextName(_ name: String, line: Int) throws(CLIFailure) -> String {
            guard SavedContext.isName(name) else {
                throw fault("\(shown(name)) is no name of a context", line: line, hint: SavedContext.expectedName)
            }
            return name
        }

        func context(_ node: YAMLNode) throws(CLIFailure) -> SavedContext {
            var context = SavedContext()
            for member in try members(of: node, named: "a context") {
                switch member.key {
                case "url":
                    guard let url = APIAddress.read(try text(member.value)) else {
                        throw fault("url must be \(APIAddress.expected)", line: member.line)
                    }
                    context.url = url
                case "issuer":
                    guard let issuer = IssuerURL(try text(member.value)) else {
                        throw fault("issuer must be an address such as https://id.example.com", line: member.line)
                    }
                    context.issuer = issuer.description
                case "client-id": context.clientID = try text(member.value)
                case "audience": context.audience = try text(member.value)
                case "scope": context.scope = try text(member.value)
                default: throw unknown(member, allowed: "url, issuer, client-id, audience, scope")
                }
            }
            return context
        }
    }
}
