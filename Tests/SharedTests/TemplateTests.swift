// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct TemplateTests {
    /// The last minute of a day of UTC that has become another day in Berlin, and another year.
    private static let slot = Timestamp(rfc3339: "2027-12-31T23:05:09.500Z") ?? .earliest

    private func values(_ zone: String = "UTC", slot: Timestamp = slot) throws -> TemplateValues {
        let message = ActionMessage(
            jobName: try JobName("report.a_b-c"), runID: RunID(Identifier(high: 7, low: 9)), action: .run, attempt: 3,
            scheduledTime: nil, payload: nil, decidedAt: .earliest)
        let rules = zone == "UTC" ? .utc : try ZoneDatabase.system.rules(named: zone)
        return TemplateValues(message, slot: slot, zone: rules)
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("${jobName}", "report.a_b-c"), ("${runId}", "000000000000000700000009"),
        ("a${attempt}b${attempt}", "a3b3"), ("${scheduledTime}", "2027-12-31T23:05:09.500Z"), ("$$", "$"),
        ("$${jobName}", "${jobName}"), ("$$${jobName}", "$report.a_b-c"), ("$", "$"), ("a$b $ {x} }", "a$b $ {x} }"),
        ("?$filter=a", "?$filter=a"), ("$$$", "$$"), ("\u{E9}${attempt}\u{301}", "\u{E9}3\u{301}"),
        ("${slot:%Y-%m-%d}", "2027-12-31"), ("${slot:%H:%M:%S %j}", "23:05:09 365"), ("${slot:%s}", "1830294309"),
        ("${slot:on %d$}", "on 31$"),
    ])
    func `each part stands for what is known of the run`(text: String, rendered: String) throws {
        #expect(try Template(text).rendered(try values()) == rendered)
        #expect(try Template(text).text == text)
    }

    private func template(_ text: String) throws -> Template { try Template(text) }

    @Test func `the parts of the slot are those of the job's zone`() throws {
        let text = try template("${slot:%Y-%m-%d %H %j %s} ${scheduledTime}")
        #expect(
            text.rendered(try values("Europe/Berlin"))
                == "2028-01-01 00 001 1830294309 2027-12-31T23:05:09.500Z")
        let early = try #require(Timestamp(rfc3339: "0033-02-03T04:05:06Z"))
        #expect(try template("${slot:%Y%m%d}").rendered(try values(slot: early)) == "00330203")
        let before = Timestamp(millisecondsSinceEpoch: -1)
        #expect(try template("${slot:%s %S}").rendered(try values(slot: before)) == "-1 59")
    }

    @Test func `in a URL what is put in is percent-encoded, and nothing else`() throws {
        let url = try HTTPDelivery.url("https://h/a%20b/${slot:%Y/%m}/${jobName}?at=${scheduledTime}&$top=1&x=$$")
        #expect(
            url.rendered(try values(), isEncoded: true)
                == "https://h/a%20b/2027%2F12/report.a_b-c?at=2027-12-31T23%3A05%3A09.500Z&$top=1&x=$")
    }

    @Test(arguments: [
        "${", "a${jobName", "${}", "${jobname}", "${ jobName}", "${job.name}", "${messageId}", "${slot}", "${slot:}",
        "${slot:Y}", "${slot:%}", "${slot:%y}", "${slot:%%}", "${slot:%F}", "${slot:%-d}", "${slot:%Y\n}",
        "${slot:%Y\r\nX-A: b}", "${slot:%Y\u{85}}", "${slot:%Y\u{7F}}",
    ])
    func `what is no template is refused, and nothing of it shown`(text: String) {
        let error = #expect(throws: InvalidText.self) { try Template(text) }
        #expect(error?.reason.contains("job.name") == false && error?.reason.contains("X-A") == false)
    }

    @Test func `no header gets a control character through a template, whatever the run`() throws {
        let texts = ["${jobName}", "${runId}", "${attempt}", "${scheduledTime}", "${slot:%Y %m %d %H %M %S %j %s }"]
        let template = try HTTPDelivery.headerValue(texts.joined(separator: " "))
        for slot in [Timestamp.earliest, .latest, Self.slot, Timestamp(millisecondsSinceEpoch: 0)] {
            for zone in ["UTC", "Pacific/Apia"] {
                let text = template.rendered(try values(zone, slot: slot))
                #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }, "\(text)")
            }
        }
        for bad in ["\r", "\n", "\u{0}", "\u{7F}"] {
            #expect(throws: InvalidText.self) { try HTTPDelivery.headerValue("${slot:%Y\(bad)}") }
            #expect(throws: InvalidText.self) { try HTTPDelivery.url("http://h/${slot:%Y\(bad)}") }
            // The names of jobs are the only texts of a user's that templates put in.
            #expect(throws: InvalidJobName.self) { try JobName("a\(bad)b") }
        }
    }

    @Test func `templates that differ in bytes only are not the same`() throws {
        #expect(try template("\u{E9}") != template("e\u{301}"))
        #expect(try template("$$") != Template(plain: "$$"))
        #expect(Template(plain: "${jobName}").rendered(try values()) == "${jobName}")
    }
}
