// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The words of Prometheus' text format, version 0.0.4.
enum PrometheusText {
    /// A legal metric or label name: what may not stand in one becomes `_`.
    static func name(_ text: String, allowsColon: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(scalar)
            case "0"..."9" where !result.isEmpty: result.unicodeScalars.append(scalar)
            case ":" where allowsColon: result.unicodeScalars.append(scalar)
            default: result += "_"
            }
        }
        return result.isEmpty ? "_" : result
    }

    /// `a="1",b="2"`, sorted by name.
    static func labels(_ pairs: [(String, String)]) -> String {
        pairs.map { (name($0.0, allowsColon: false), $0.1) }.sorted { $0 < $1 }
            .map { "\($0.0)=\"\(escaped($0.1, quote: true))\"" }.joined(separator: ",")
    }

    /// `\` and line feeds, and `"` in label values, are escaped.
    static func escaped(_ text: String, quote: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A number in Go's syntax, whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    /// One line: `name{labels} value`.
    static func line(_ name: String, labels: String, sample: PrometheusSample) -> String {
        let own = sample.label.map { "\($0.0)=\"\(escaped($0.1, quote: true))\"" }
        let all = [labels, own ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return name + sample.suffix + (all.isEmpty ? "" : "{\(all)}") + " " + number(sample.value)
    }
}
