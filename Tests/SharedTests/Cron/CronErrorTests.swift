// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import Shared

/// What is refused, and the sentence that says why.
@Suite struct CronErrorTests {
    private static let minutes = "0-59, *, H, lists (1,2), ranges (10-20) and steps (*/2, 10-20/2)"
    private static let hours = "0-23, *, H, lists (1,2), ranges (10-20) and steps (*/2, 10-20/2)"
    private static let days =
        "1-31, *, ?, L, L-3, LW, 15W, H, lists (1,2), ranges (1-5) and steps (*/2, 1-5/2)"
    private static let months = "1-12, JAN-DEC, *, H, lists (1,2), ranges (1-5) and steps (*/2, 1-5/2)"
    private static let weekdays =
        "0-7 (0 and 7 are Sunday), SUN-SAT, *, ?, 5L, 5#3, H, lists (1,2), ranges (1-5) and steps (*/2, 1-5/2)"
    private static let names = "@hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually"

    private static let span =
        "is no cron expression: write interval instead, in milliseconds (300000 for 5 minutes)"
    private static let characters =
        "an expression holds only printable ASCII characters, spaces and tabs, and this one"
    private static let quartz =
        "stands for other days in Quartz, where ? comes from and 1 is Sunday; write names, such as MON-FRI, or * for the ?"

    @Test(arguments: ["0 0 * * *\n", "\n 0\t0 * * * \r\n", "\t@daily ", " 0 0 0 * * *"])
    func `white space around an expression does not matter, and its text is kept`(text: String) throws {
        #expect(try CronExpression(text, job: JobName("demo")).text == text)
        let start = CronSamples.utc(2026, 1, 1, 5)
        #expect(
            try CronSamples.slots(text, after: start, count: 2)
                == CronSamples.slots("0 0 * * *", after: start, count: 2))
    }

    @Test(arguments: [
        "0 0 12 ? * MON-FRI", "0 0 12 ? * */2", "0 0 12 * * 2-6", "0 0 12 1 * ?", "0 12 ? * 1#3", "H H ? * *",
    ])
    func `a ? that leaves no doubt is taken`(text: String) throws {
        _ = try CronExpression(text, job: JobName("demo"))
    }

    @Test(arguments: [
        ("60 * * * *", "field 1 (minute): \"60\" is out of range; allowed are \(minutes)"),
        ("0 25 * * *", "field 2 (hour): \"25\" is out of range; allowed are \(hours)"),
        ("0 0 0 * *", "field 3 (day of month): \"0\" is out of range; allowed are \(days)"),
        ("0 0 * 13 *", "field 4 (month): \"13\" is out of range; allowed are \(months)"),
        ("0 0 * * 8", "field 5 (day of week): \"8\" is out of range; allowed are \(weekdays)"),
        ("60 0 0 * * *", "field 1 (second): \"60\" is out of range; allowed are \(minutes)"),
        ("0 0 25 * * *", "field 3 (hour): \"25\" is out of range; allowed are \(hours)"),
        (
            "0 0 99999999999999999999 * *",
            "field 3 (day of month): \"99999999999999999999\" is out of range; allowed are \(days)"
        ),
        ("x * * * *", "field 1 (minute): \"x\" is not understood; allowed are \(minutes)"),
        ("-1 * * * *", "field 1 (minute): \"-1\" is not understood; allowed are \(minutes)"),
        ("1- * * * *", "field 1 (minute): \"1-\" is not understood; allowed are \(minutes)"),
        ("L * * * *", "field 1 (minute): \"L\" is not understood; allowed are \(minutes)"),
        ("0 0 W * *", "field 3 (day of month): \"W\" is not understood; allowed are \(days)"),
        ("0 0 * FRI *", "field 4 (month): \"FRI\" is not understood; allowed are \(months)"),
        ("0 0 * * MONDAY", "field 5 (day of week): \"MONDAY\" is not understood; allowed are \(weekdays)"),
        ("1,,2 * * * *", "field 1 (minute): \"1,,2\" has a comma with nothing before or after it"),
        ("1, * * * *", "field 1 (minute): \"1,\" has a comma with nothing before or after it"),
        ("? * * * *", "field 1 (minute): \"?\" stands only for the day of month or the day of week"),
        ("*/0 * * * *", "field 1 (minute): \"*/0\" has a step that is not 1 to 60"),
        ("*/61 * * * *", "field 1 (minute): \"*/61\" has a step that is not 1 to 60"),
        ("0 */x * * *", "field 2 (hour): \"*/x\" has a step that is not 1 to 24"),
        ("0 */2/3 * * *", "field 2 (hour): \"*/2/3\" has a step that is not 1 to 24"),
        ("0 22-2 * * *", "field 2 (hour): \"22-2\" ends before it begins; write it as two ranges, 22-23,0-2"),
        ("0 0 L-31 * *", "field 3 (day of month): \"L-31\" has a distance that is not 1 to 30"),
        ("0 0 * * 5#6", "field 5 (day of week): \"5#6\" has a count that is not 1 to 5"),
        (
            "0 0 * * L",
            "field 5 (day of week): \"L\" needs a day before it, as in 5L for the last Friday of the month"
        ),
        ("H(1) * * * *", "field 1 (minute): \"H(1)\" needs a range in the brackets, as in H(0-5)"),
        ("H(0-70) * * * *", "field 1 (minute): \"H(0-70)\" is out of range; allowed are \(minutes)"),
        (
            "H(0-5 * * * *",
            "field 1 (minute): \"H(0-5\" is not H, H(first-last) or H/step; allowed are \(minutes)"
        ),
        ("0 0 31 2 *", "\"0 0 31 2 *\" never matches: no month that it names has such a day"),
        ("0 0 31W 4,6 ?", "\"0 0 31W 4,6 ?\" never matches: no month that it names has such a day"),
        ("", "the expression is empty"),
        (" \t ", "the expression is empty"),
        (
            "* * * *",
            "an expression has 5 fields (minute, hour, day of month, month, day of week), or 6 with the second first, not 4"
        ),
        (
            "0 0 12 ? * MON 2026",
            "\"2026\" is the year, in the seventh field, which is Quartz's, and there is none here: leave it out; "
                + "startAt and endAt limit a schedule"
        ),
        (
            "0 12 ? * MON-FRI *",
            "\"*\" is the year, in the sixth field, which is that of AWS where ? stands for the days, and there is none "
                + "here: leave it out; startAt and endAt limit a schedule"
        ),
        (
            "* * * * * * * *",
            "an expression has 5 fields (minute, hour, day of month, month, day of week), or 6 with the second first, not 8"
        ),
        ("0 0 12 ? * 2-6", "field 6 (day of week): \"2-6\" \(quartz)"),
        ("0 0 12 ? * 6#3", "field 6 (day of week): \"6#3\" \(quartz)"),
        ("0 0 12 ? * 6L", "field 6 (day of week): \"6L\" \(quartz)"),
        (
            "CRON_TZ=Europe/Berlin 0 0 * * *",
            "\"CRON_TZ=Europe/Berlin\" is no field: the time zone is a field of the job, \"timeZone\": \"Europe/Berlin\""
        ),
        ("TZ=UTC @daily", "\"TZ=UTC\" is no field: the time zone is a field of the job, \"timeZone\": \"UTC\""),
        (
            "0 0 * * * America/Argentina/Buenos_Aires",
            "\"America/Argentina/Buenos_Aires\" is no field: the time zone is a field of the job, "
                + "\"timeZone\": \"America/Argentina/Buenos_Aires\""
        ),
        ("0 0 0 * * * UTC", "\"UTC\" is no field: the time zone is a field of the job, \"timeZone\": \"UTC\""),
        (
            "0 0 * * * /usr/bin/backup",
            "\"/usr/bin/backup\" is no field: a job has no command, its worker does the work"
        ),
        ("cron(0 12 * * ? *)", "\"cron(0\" is no field: write what stands in the brackets"),
        ("5m", "\"5m\" \(span)"), ("rate(5 minutes)", "\"rate(5 minutes)\" \(span)"),
        ("@reboot", "\"@reboot\" is no time: jobs do not belong to a machine that boots; allowed are \(names)"),
        ("@fortnightly", "\"@fortnightly\" is not a name that is known; allowed are \(names)"),
        ("@every 5m", "\"@every 5m\" \(span)"),
        ("* * *\n* *", "\(characters) a line break, and it is one line"),
        ("٣ * * * *", "\(characters) U+0663; write 3"), ("0 9–17 * * *", "\(characters) U+2013; write -"),
        ("0\u{a0}0 * * *", "\(characters) U+00A0; write a space"), ("＊ * * * *", "\(characters) U+FF0A; write *"),
        ("é * * * *", "\(characters) U+00E9"), ("0 0 * * *\u{1b}[2J", "\(characters) U+001B"),
        (String(repeating: "*", count: 257), "an expression has at most 256 bytes, not 257"),
        (
            String(repeating: "1", count: 200) + " * * * *",
            "field 1 (minute): \"\(String(repeating: "1", count: 37))...\" is out of range; allowed are \(minutes)"
        ),
    ])
    func `the fault is pointed at`(text: String, sentence: String) {
        #expect {
            try CronExpression(text, job: JobName("demo"))
        } throws: {
            "\($0)" == sentence
        }
    }
}
