# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Every command of the command line against the real API and Scheduler, through pipes and in a terminal."""

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess

import pytest

from harness.cli import CLI
from harness.worker import complete, running, working

pytestmark = pytest.mark.both_stores


@pytest.fixture(scope="module")
def world(shared_world):
    return shared_world


@pytest.fixture(scope="module")
def api(world):
    world.scheduler()
    return world.api_client().program


@pytest.fixture(scope="module")
def home(environment, tmp_path_factory):
    cli = CLI(environment, tmp_path_factory.mktemp("cli"))
    yield cli
    cli.close()


@pytest.fixture
def cli(home, api, world):
    token = world.issuer.token()
    home.secrets.add(token)
    home.variables |= {"SIMPLE_SCHEDULER_URL": f"{api.url}/api", "SIMPLE_SCHEDULER_TOKEN": token}
    return home


def added(world, cli, suffix, *flags):
    name = world.name(suffix)
    assert cli.ok("add", "job", name, *(flags or ("--interval", "1h", "--next-run-at", "+1h"))) == f"job {name} added\n"
    return name


# Jobs

def test_a_job_is_made_changed_shown_and_deleted(world, cli):
    name = added(world, cli, "life", "-i", "5m", "-r", "+1h", "-x", "1h30m", "-s", "90s", "-q", "3", "-c", "-t", "30000",
                 "-e", "false", "--label", "team=ops", "--label", "tier=1", "--payload", '{"a":[1]}',
                 "--description", "for tests", "--max-attempts", "3", "--retry-backoff", "initial=1s,factor=2,max=10m")
    job = cli.json("get", "job", name)
    assert job["interval"] == 300_000 and job["runExecutionTimeout"] == 5_400_000 and job["runStartTimeout"] == 90_000
    assert job["maxQueueCount"] == 3 and job["allowConcurrentRuns"] and job["heartbeatTimeout"] == 30_000
    assert job["enabled"] is False and job["labels"] == {"team": "ops", "tier": "1"} and job["payload"] == {"a": [1]}
    assert job["retryBackoff"] == {"initial": 1000, "factor": 2, "max": 600_000}, job
    assert cli.ok("u", "j", "-n", name, "--interval", "10m", "--clear", "labels", "-o", "name") == f"{name}\n"
    job = cli.json("get", "job", name)
    assert job["interval"] == 600_000 and "labels" not in job and job["maxQueueCount"] == 3
    cli.ok("enable", "job", name)
    assert cli.json("get", "job", name)["enabled"] is True
    cli.ok("disable", "job", name)
    assert name in cli.ok("ls", "jobs", "-o", "name").split()
    assert "there is no terminal" in cli.fails(64, "delete", "job", name).err
    assert cli.ok("delete", "job", name, "--yes") == f"job {name} deleted\n"
    assert name in cli.fails(1, "get", "job", name).err


def test_the_short_words_of_the_go_program_work(world, cli):
    name = world.name("short")
    cli.ok("a", "j", "-n", name, "--enabled", "false", "-i", "1000")
    for words in (("l", "j"), ("ls", "jobs"), ("list", "job"), ("l", "r"), ("list", "runs", "-j", name, "-s", "pending")):
        cli.ok(*words)
    cli.ok("u", "job", "--enabled", name, "--next-run-at", "2030-01-01T00:00:00Z")
    assert cli.json("get", "j", name)["nextRunAt"] == "2030-01-01T00:00:00.000Z"


def test_labels_filter_and_long_lists_go_on_page_by_page(world, cli):
    names = [world.name(f"many-{number}") for number in range(5)]
    for name in names:
        cli.ok("add", "job", name, "-i", "1h", "-e", "false", "--label", f"set={world.id}")
    listed = cli.ok("list", "jobs", "--label", f"set={world.id}", "-o", "name").split()
    assert sorted(listed) == sorted(names)
    result = cli.run("list", "jobs", "--label", f"set={world.id}", "--limit", "2", "-o", "json")
    assert result.code == 0 and len(json.loads(result.out)) == 2, result
    assert len(json.loads(cli.ok("list", "jobs", "--label", f"set={world.id}", "--all", "-o", "json"))) == 5
    dotted = f"app.kubernetes.io/part-of={world.id}"
    cli.ok("update", "job", names[0], "--label", dotted)
    assert cli.ok("list", "jobs", "--label", dotted, "-o", "name").split() == names[:1]


def test_field_errors_stand_beside_their_flags_and_other_failures_say_what_to_do(world, cli, api, tmp_path):
    name = world.name("bad")
    for flags, flag in ((("--cron", "61 * * * *"), "--cron"), (("--cron", "0 0 * * *", "--time-zone", "Mars/X"), "--time-zone"),
                        (("--interval", "1h", "--max-attempts", "0"), "--max-attempts")):
        result = cli.fails(64, "add", "job", name, *flags)
        assert f"{flag}: " in result.err, result
    for flags in (("--interval", "soon"), ("--payload", "{"), ("--label", "x"), ("--next-run-at", "tomorrow")):
        cli.fails(64, "add", "job", name, *flags)
    cli.fails(64, "add", "job", "a b")
    cli.fails(64, "add", "job")
    cli.fails(64, "no-such-command")
    (tmp_path / "payload.json").write_text('{\n  "a" 1\n}')
    assert "payload.json:2:7: " in cli.fails(64, "add", "job", name, "--payload", f"@{tmp_path}/payload.json").err
    existing = added(world, cli, "twice")
    assert existing in cli.fails(1, "add", "job", existing, "-i", "1h").err
    assert "job" in cli.fails(1, "update", "job", world.name("none"), "-i", "1h").err
    reader = world.issuer.token(scope="jobs:read")
    result = cli.fails(77, "update", "job", existing, "-i", "2h", SIMPLE_SCHEDULER_TOKEN=reader)
    assert "jobs:write" in result.err
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    result = cli.fails(69, "list", "jobs", "-u", nobody)
    assert nobody in result.err and "cannot be reached" in result.err and "--url" in result.err
    assert cli.run("list", "jobs", "--help").code == 0
    assert re.match(r"simple-scheduler-cli \d", cli.ok("--version"))


def test_a_preview_tells_of_a_clock_change(world, cli):
    name = added(world, cli, "dst", "--cron", "30 2 * * *", "--time-zone", "Europe/Berlin", "--start-at", "2030-03-30T00:00:00Z")
    slots = cli.json("preview", "job", name, "--count", "3")
    assert [slot["scheduledTime"] for slot in slots] == [
        "2030-03-30T01:30:00.000Z", "2030-03-31T01:00:00.000Z", "2030-04-01T00:30:00.000Z"], slots
    assert "dstTransition" in json.dumps(slots)


# Runs

def test_a_run_that_fails_ends_its_follower_with_1(world, cli):
    name = added(world, cli, "fails")
    world.wait_until_served([name])
    world.worker(name, working(0.1, outcome="failed"))
    result = cli.run("run", "job", name, "--wait")
    assert result.code == 1 and "failed" in result.out + result.err, result


def test_long_lists_of_runs_go_on_page_by_page_and_managers_are_told(world, cli):
    name = added(world, cli, "pages", "--interval", "1h", "--next-run-at", "+1h", "-q", "10", "-c")
    for _ in range(5):
        cli.ok("run", "job", name)
    assert len(cli.json("list", "runs", "-j", name, "--limit", "2")) == 2
    assert len(cli.json("list", "runs", "-j", name, "--all")) == 5
    managers = cli.json("list", "managers")
    assert managers and all(manager["id"] for manager in managers), managers
    assert managers[0]["id"] in cli.ok("list", "managers")


def test_a_closed_pipe_does_not_change_how_a_command_ends(cli):
    binary = shlex.quote(str(cli.path))
    result = subprocess.run(["bash", "-c", f"{binary} get job a b 2>&1 | true; exit ${{PIPESTATUS[0]}}"],
                            env=cli.environment({}), timeout=30, check=False)
    assert result.returncode == 64
    result = subprocess.run(["bash", "-c", f"{binary} list managers -o json >/dev/full"], env=cli.environment({}),
                            capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1 and "standard output cannot be written" in result.stderr, result


@pytest.mark.parametrize("port", ["0", "65536", "99999", "99999999999999999999"])
def test_a_port_that_cannot_be_is_a_usage_error(cli, port):
    assert "http" in cli.fails(64, "list", "jobs", "-u", f"http://127.0.0.1:{port}/api").err


def test_a_run_is_followed_to_each_of_its_ends(world, cli):
    name = added(world, cli, "ends")
    world.wait_until_served([name])
    worker = world.worker(name, complete)
    result = cli.run("run", "job", name, "--wait", "--payload", '{"x":1}')
    assert result.code == 0 and "completed" in result.out, result
    runs = cli.json("list", "runs", "-j", name)
    assert [(run["status"], run["trigger"], run["payload"]) for run in runs] == [("completed", "manual", {"x": 1})]
    assert cli.json("get", "run", runs[0]["id"])["id"] == runs[0]["id"]
    assert "status" in cli.ok("get", "run", runs[0]["id"]) and "ended" not in cli.ok("list", "runs", "-j", name, "-s", "failed")
    assert len(worker.actions) == 1
    result = cli.fails(1, "cancel", "run", runs[0]["id"])
    assert "completed" in result.err or "ended" in result.err, result


def test_a_waiting_run_survives_ctrl_c_and_can_be_cancelled(world, cli):
    name = added(world, cli, "cancelled")
    world.wait_until_served([name])
    world.worker(name, running)
    terminal = cli.terminal("run", "job", name, "--wait")
    terminal.read_until("running", timeout=15)
    terminal.interrupt()
    code = terminal.wait(10)
    assert code != 0 and "goes on" in terminal.plain, terminal.text
    run = cli.json("list", "runs", "-j", name)[0]
    assert run["status"] == "running"
    follower = cli.start("run", "job", name, "--wait")
    # The job lets one run at a time: this one waits, and ends at once when it is cancelled.
    waiting = world.eventually(
        lambda: [run for run in cli.json("list", "runs", "-j", name) if run["status"] == "pending"], 10, "a second run")
    assert "being cancelled" in cli.ok("cancel", "run", waiting[0]["id"])
    assert follower.wait().code == 2
    cli.ok("cancel", "run", run["id"])


def test_watch_tells_each_change_in_a_pipe_and_ends_at_ctrl_c(world, cli):
    name = added(world, cli, "watched")
    world.wait_until_served([name])
    world.worker(name, complete)
    watch = cli.start("watch", "runs", "-j", name)
    # What was there before its first look is not told, and nothing says when that was.
    world.eventually(
        lambda: cli.ok("run", "job", name, "--wait") and "completed" in watch.text, 20, "a run that it tells of")
    line = watch.line_with("completed")
    assert name in line and re.match(r"\d{4}-\d\d-\d\dT", line), line
    watch.interrupt()
    assert watch.wait(10).code in (0, 130, -signal.SIGINT)


def test_watch_is_live_in_a_terminal(world, cli):
    name = added(world, cli, "live")
    world.wait_until_served([name])
    world.worker(name, complete)
    terminal = cli.terminal("watch", "runs", "-j", name, columns=100)
    terminal.read_until("no runs")
    cli.ok("run", "job", name, "--wait")
    terminal.read_until("completed")
    assert "\x1b[" in terminal.text
    terminal.interrupt()
    terminal.wait(10)
    assert all(len(line) <= 100 for line in terminal.lines), terminal.lines


# Files

def test_apply_diff_and_export_agree(world, cli, tmp_path):
    name, other = world.name("file"), world.name("other")
    file = tmp_path / "jobs.yaml"
    file.write_text(f"name: {name}\ninterval: 5m\nnextRunAt: 2030-01-01T00:00:00Z\nlabels: {{set: f{world.id}}}\n---\n"
                    f"name: {other}\ncron: \"0 6 * * *\"\ntimeZone: Europe/Berlin\nlabels: {{set: f{world.id}}}\n")
    assert "2 to create" in cli.fails_plainly(1, "diff", "-f", file).out
    assert "--yes" in cli.fails(64, "apply", "-f", file).err
    assert "+ " + name in cli.ok("apply", "-f", file, "--yes")
    assert "2 unchanged" in cli.ok("diff", "-f", file)
    exported = cli.ok("export", "--label", f"set=f{world.id}")
    assert "0 to create, 0 to update, 0 to delete, 2 unchanged" in cli.ok("apply", "-f", "-", "--yes", input=exported)
    as_json = cli.ok("export", "--label", f"set=f{world.id}", "-o", "json")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "all.json").write_text(as_json)
    assert "2 unchanged" in cli.ok("apply", "--yes", "-f", folder)
    assert "delete all of them" in cli.fails(64, "apply", "-f", "-", "--prune", "--yes", input="").err
    assert "delete all of them" in cli.fails(64, "diff", "-f", "-", "--prune", input="[]").err
    assert "2 unchanged" in cli.ok("diff", "-f", "-", input=as_json)
    file.write_text(file.read_text().replace("5m", "10m").split("---")[0])
    terminal = cli.terminal("apply", "-f", file, "--prune", "--label", f"set=f{world.id}", columns=80)
    shown = terminal.read_until("[y/N]")
    assert f"~ {name}" in shown and f"- {other}" in shown and "interval" in shown and "next" in shown
    terminal.type("n\n")
    assert terminal.wait() == 1 and cli.json("get", "job", name)["interval"] == 300_000
    terminal = cli.terminal("apply", "-f", file, "--prune", "--label", f"set=f{world.id}")
    terminal.read_until("[y/N]")
    terminal.type("y\n")
    assert terminal.wait() == 0
    assert cli.json("get", "job", name)["interval"] == 600_000
    cli.fails(1, "get", "job", other)


@pytest.mark.parametrize("text, word", [
    ("name: a\nintervall: 5\n", "bad.yaml:2"), ("name: a\nname: b\n", "bad.yaml:2"), ("name: a\n---\nname: a\n", "bad.yaml:3"),
    ("name: [\n", "bad.yaml:2"), ("name: a\ncron: \"61 * * * *\"\n", "bad.yaml:2"), ("interval: 5\n", "bad.yaml:1"),
    ("name: a\ncron: @daily\n", 'bad.yaml:2: a text that begins with @ needs quotes: cron: "@daily"'),
    ("name: a\ncron: */5 * * * *\n", 'bad.yaml:2: a text that begins with * or & needs quotes: cron: "*/5 * * * *"'),
    ("name: a\ntime_zone: UTC\n", "bad.yaml:2: time_zone: is not a field of a job; did you mean timeZone?"),
    ("name: a\ninterval: 5min\n", "did you mean 5m?"), ("name: a\n<<: {interval: 5m}\n", "bad.yaml:2: merge keys are not taken"),
])
def test_a_fault_in_a_file_is_named_and_nothing_is_changed(cli, tmp_path, text, word):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    result = cli.fails(64, "apply", "-f", file, "--yes")
    assert word in result.err, result


def encoded(text, encoding="utf-8", mark="\ufeff"):
    return (mark + text).encode(encoding)


def test_files_may_begin_with_a_byte_order_mark(world, cli, tmp_path):
    yaml, json_, listed = (world.name(f"mark-{kind}") for kind in ("yaml", "json", "listed"))
    (tmp_path / "a.yaml").write_bytes(encoded(f"# made on Windows\r\nname: {yaml}\r\ninterval: 1h\r\nenabled: false\r\n"))
    (tmp_path / "b.json").write_bytes(encoded(json.dumps({"name": json_, "interval": 3_600_000, "enabled": False})))
    (tmp_path / "c.yml").write_bytes(encoded(json.dumps([{"name": listed, "interval": "1h", "enabled": False}])))
    assert "3 to create" in cli.ok("apply", "--yes", "-f", tmp_path)
    for file in tmp_path.iterdir():
        assert "1 unchanged" in cli.ok("diff", "-f", file)
    assert "1 unchanged" in cli.ok("diff", "-f", "-", input="\ufeff" + (tmp_path / "a.yaml").read_text("utf-8-sig"))
    together = "".join(f"\ufeff---\nname: {name}\ninterval: 1h\nenabled: false\n" for name in (yaml, json_))
    assert "2 unchanged" in cli.ok("diff", "-f", "-", input=together)
    (tmp_path / "payload").write_bytes(encoded('{"a": [1]}'))
    cli.ok("update", "job", yaml, "--payload", f"@{tmp_path}/payload")
    assert cli.json("get", "job", yaml)["payload"] == {"a": [1]}
    cli.ok("update", "job", yaml, "--payload", "@-", input="\ufeff[2]")
    assert cli.json("get", "job", yaml)["payload"] == [2]


@pytest.mark.parametrize("encoding, mark, name", [
    ("utf-16-le", "\ufeff", "UTF-16"), ("utf-16-be", "\ufeff", "UTF-16"), ("utf-32-le", "\ufeff", "UTF-32"),
    ("utf-32-be", "\ufeff", "UTF-32"), ("utf-16-le", "", "UTF-16LE"), ("utf-16-be", "", "UTF-16BE"), ("utf-32-le", "", "UTF-32LE")])
def test_files_in_other_encodings_are_refused_with_the_command_that_converts_them(cli, tmp_path, encoding, mark, name):
    file = tmp_path / "jobs.yaml"
    file.write_bytes(encoded("name: a\ninterval: 1h\n", encoding, mark))
    payload = tmp_path / "payload.json"
    payload.write_bytes(encoded('{"a": 1}', encoding, mark))
    for path, words in ((file, ("diff", "-f", file)), (payload, ("add", "job", "a", "--payload", f"@{payload}"))):
        err = cli.fails(64, *words).err
        assert f"error: {path} is {name}, not UTF-8\n" in err and f"iconv -f {name} -t UTF-8 {path} > NEW" in err, err
    converted = subprocess.run(["iconv", "-f", name, "-t", "UTF-8", file], capture_output=True, check=True).stdout
    assert converted.decode("utf-8-sig") == "name: a\ninterval: 1h\n"


def test_bytes_that_are_no_text_are_named_with_their_line(cli, tmp_path):
    file = tmp_path / "old.yaml"
    file.write_bytes(b"name: a\r\ndescription: caf\xe9\r\n")
    err = cli.fails(64, "apply", "--yes", "-f", file).err
    assert f"error: {file}:2 is not UTF-8\n" in err and f"iconv -f WINDOWS-1252 -t UTF-8 {file}" in err, err


@pytest.mark.parametrize("words, said", [
    (("-i", "-5m"), "is negative"), (("-i", "5min"), "did you mean 5m?"), (("--timezone", "UTC"), "'--time-zone'"),
    (("--maxQueueCount", "5"), "'--max-queue-count'"), (("-e", "maybe"), "true or false"),
    (("-r", "2030-01-01T00:00:00"), "has no zone"), (("--label", "a b=c"), "its key is not")])
def test_a_slip_on_the_command_line_is_told_with_what_to_write(cli, words, said):
    assert said in cli.fails(64, "add", "job", "a", *words).err


def test_a_truth_value_is_taken_as_people_write_it(world, cli):
    name = added(world, cli, "truth", "-i", "1h", "-e", "False")
    assert cli.json("get", "job", name)["enabled"] is False
    cli.ok("update", "job", name, "-e", "yes")
    assert cli.json("get", "job", name)["enabled"] is True


# What it looks like

def test_tables_fit_the_terminal_and_pipes_get_whole_times(world, cli):
    name = added(world, cli, "wide-" + "x" * 60)
    for columns in (40, 80, 200):
        terminal = cli.terminal("list", "jobs", columns=columns)
        assert terminal.wait() == 0
        assert all(len(line) <= columns for line in terminal.lines), terminal.lines
        assert "\x1b[" in terminal.text
    assert "in 59 min" in terminal.plain or "in 1 h" in terminal.plain or "min" in terminal.plain
    plain = cli.terminal("list", "jobs", NO_COLOR="1")
    assert plain.wait() == 0 and "\x1b[" not in plain.text.replace("\x1b[K", "")
    piped = cli.ok("list", "jobs")
    assert "\x1b" not in piped and name in piped and re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", piped)


def test_texts_of_others_command_no_terminal(world, cli):
    name = world.name("hostile")
    evil = "\x1b]0;pwned\x07\x1b[2J\u202eevil"
    cli.ok("add", "job", name, "-i", "1h", "-e", "false", "--description", evil, "--label", f"evil=e{world.id}")
    for words in (("get", "job", name), ("list", "jobs"), ("get", "job", name, "-o", "yaml"),
                  ("get", "job", name, "-o", "json"), ("export", name)):
        terminal = cli.terminal(*words, NO_COLOR="1")
        assert terminal.wait() == 0
        assert not any(bad in terminal.text for bad in ("\x1b]", "\x07", "\x1b[2J", "\u202e")), terminal.text
    assert cli.json("get", "job", name)["description"] == evil


SHELLS = {
    "bash": (["--noprofile", "--rcfile", "rc", "-i"], "PS1='READY> '\nsource <(simple-scheduler-cli completion bash)\n"),
    "zsh": (["-f", "-i"], "autoload -Uz compinit && compinit -u\neval \"$(simple-scheduler-cli completion zsh)\"\nPS1='READY> '\n"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_commands_flags_and_jobs(world, cli, shell):
    if shell != "bash" and not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    name = added(world, cli, f"completed-by-{shell}")
    options, text = SHELLS[shell]
    (cli.home / "rc").write_text(text)
    terminal = cli.shell(shell, *options)
    if shell == "zsh":
        terminal.type("source rc\n")
    terminal.read_until("READY>")
    for typed, completed in (("pre", "preview"), ("list jobs --lab", "list jobs --label"),
                             (f"get job {name[:-2]}", f"get job {name}"), (f"get job -n {name[:-2]}", f"get job -n {name}"),
                             (f"list runs --job {name[:-2]}", f"list runs --job {name}")):
        terminal.type(f"simple-scheduler-cli {typed}\t")
        terminal.read_until(f"simple-scheduler-cli {completed}")
        terminal.type("\x15")  # the line goes


def test_fish_completes_commands_flags_and_jobs(world, cli):
    if not shutil.which("fish"):
        pytest.skip("there is no fish here")
    name = added(world, cli, "completed-too")
    folder = cli.home / ".config/fish/completions"
    folder.mkdir(parents=True)
    (folder / "simple-scheduler-cli.fish").write_text(cli.ok("completion", "fish"))
    for typed, completed in (("pre", "preview"), ("list jobs --lab", "--label"), ("get job ", name), ("get job -n ", name),
                             (f"list runs --job {name[:-2]}", name)):
        answer = subprocess.run(
            ["fish", "-c", f'complete -C "simple-scheduler-cli {typed}"'], env=cli.shell_environment(), cwd=cli.home,
            capture_output=True, text=True, timeout=30, check=True)
        assert completed in [line.split("\t")[0] for line in answer.stdout.splitlines()], (typed, answer)
        assert not answer.stderr, (typed, answer)
