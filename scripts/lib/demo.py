# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What `scripts/run` asks of the running demo: makes the example job through the API, and shows what becomes of runs."""

import argparse
import datetime
import os
import sys
import time

import pymongo
import requests
from pymongo.errors import PyMongoError

ENDED = ("completed", "failed", "cancelled")
COLORS = {"completed": "32", "failed": "31", "cancelled": "31", "running": "36", "cancelling": "33"}


def database(options):
    client = pymongo.MongoClient(options.mongodb, tz_aware=True, serverSelectionTimeoutMS=5000)
    return client, client[options.database]


def add_job(options):
    """Only when there is none of that name: an edited job stays as it is."""
    job = {
        "name": options.job,
        "description": "The example of scripts/run: every 5 seconds.",
        "interval": 5000,
        "runStartTimeout": 60000,
        "runExecutionTimeout": 60000,
        "heartbeatTimeout": 10000,
        "maxQueueCount": 10,
        "allowConcurrentRuns": False,
    }
    session = requests.Session()
    session.trust_env = False
    answer = session.post(
        f"{options.api}/jobs", json=job, timeout=10,
        headers={"Authorization": f"Bearer {os.environ['SIMPLE_SCHEDULER_DEMO_TOKEN']}"})
    if answer.status_code not in (201, 409):
        sys.exit(f"    the API answered {answer.status_code}: {answer.text}")
    print(f"made the job {options.job}" if answer.status_code == 201 else f"the job {options.job} is there already")


def is_alive(process):
    """`process` is PID:START as in the pid files; see lib/common.sh."""
    pid, start = process.split(":")
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(") ")[2].split()
        return fields[0] != "Z" and fields[19] == start
    except OSError:
        return False


def clock(moment):
    return moment.astimezone().strftime("%H:%M:%S.%f")[:-3]


def show(run, history):
    status = run["status"]
    line = " → ".join(history)
    if status in COLORS and sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        line = f"{line[:-len(status)]}\x1b[{COLORS[status]}m{status}\x1b[0m"
    if status in ENDED and run.get("startTime") and run.get("endTime"):
        line += f"  after {(run['endTime'] - run['startTime']).total_seconds():.1f} s"
    if run.get("error"):
        line += f"  ({str(run['error'])[:80]})"
    now = datetime.datetime.now(datetime.timezone.utc)
    slot = clock(run["scheduledTime"]) if run.get("scheduledTime") else f"{run.get('trigger', ''):12}"
    print(f"    {clock(now)}  {run['jobName']:12}  {run['_id']}  {slot}  {line}", flush=True)


def follow(options):
    """Prints a line per change of a run. With --until-completed returns after the first run that completes meanwhile."""
    client, db = database(options)
    since = client.admin.command("hello", codec_options=client.codec_options)["localTime"]
    deadline = time.monotonic() + options.limit
    histories, open_ids, silent = {}, set(), False
    print(f"    {'time':12}  {'job':12}  {'run':24}  {'slot':12}  status", flush=True)
    while True:
        wanted = [{"status": {"$nin": ENDED}}, {"createdTime": {"$gte": since}}, {"_id": {"$in": list(open_ids)}}]
        try:
            runs = list(db.runs.find({"$or": wanted}).sort("_id", 1).limit(1000))
            silent = False
        except PyMongoError as error:
            if not silent:
                print(f"    MongoDB does not answer: {error}", flush=True)
            runs, silent = [], True
        for run in runs:
            history = histories.setdefault(run["_id"], [])
            if history and history[-1] == run["status"]:
                continue
            if not history and run["status"] != "pending":
                history.append("pending")  # every run begins so; we came later
                if run["status"] in ENDED and run.get("startTime"):
                    history.append("running")
            history.append(run["status"])
            show(run, history)
            (open_ids.discard if run["status"] in ENDED else open_ids.add)(run["_id"])
            if run["jobName"] == options.job and run["status"] == "completed" and options.until_completed:
                return
        if runs:
            since = max(since, *(run["createdTime"] for run in runs))
            histories = {id: histories[id] for id in histories if id in open_ids or id in {r["_id"] for r in runs}}
        for process in options.process:
            name, _, process = process.partition("=")
            if not is_alive(process):
                sys.exit(f"    the {name} ended by itself")
        if options.until_completed and time.monotonic() > deadline:
            sys.exit(f"    no run completed within {options.limit} s")
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["add-job", "follow"])
    parser.add_argument("--job", required=True)
    parser.add_argument("--api", help="address of the API; the token is in SIMPLE_SCHEDULER_DEMO_TOKEN")
    parser.add_argument("--mongodb")
    parser.add_argument("--database")
    parser.add_argument("--until-completed", action="store_true")
    parser.add_argument("--limit", type=float, default=120)
    parser.add_argument("--process", action="append", default=[], metavar="NAME=PID:START")
    options = parser.parse_args()
    try:
        add_job(options) if options.verb == "add-job" else follow(options)
    except KeyboardInterrupt:
        sys.exit(130)
    except requests.RequestException as error:
        sys.exit(f"    the API does not answer: {error}")
    except PyMongoError as error:
        sys.exit(f"    MongoDB: {error}")


if __name__ == "__main__":
    main()
