#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""An example worker: does the runs of the jobs and pools named on the command line. Needs pika; README.md explains it."""

import argparse, collections, functools, json, logging, os, signal, sys, threading, time

import pika

log = logging.getLogger("worker")
runs = {}  # run id -> Run: what this process works on, or whose end it has not told yet
seen = collections.OrderedDict()  # the latest message ids: a message that comes again is acknowledged and ignored
PROPERTIES = pika.BasicProperties(content_type="application/json", delivery_mode=2)  # 2 = persistent


def work(payload, run):
    """The job itself: put yours here. It looks at run.stop now and then and may set run.progress (0...1)."""
    payload = payload if isinstance(payload, dict) else {}
    steps = max(1, round(float(payload.get("seconds", 2)) * 10))
    for step in range(steps):
        if run.stop.wait(0.1):
            return None
        run.progress = (step + 1) / steps
    if payload.get("fail"):
        raise RuntimeError(payload["fail"])
    return {"greeting": f"hello from process {os.getpid()}"}


class Run(threading.Thread):
    """One attempt at a run, in its own thread. Only the main thread talks to the broker, and tells what it finds here."""

    def __init__(self, action, exchange):
        super().__init__(daemon=True)
        self.exchange = exchange  # where its action came from: what there is to say of it goes there, too
        self.job, self.id, self.attempt = action["jobName"], action["runId"], action.get("attempt")
        self.payload, self.stop, self.progress = action.get("payload"), threading.Event(), 0.0
        self.announced, self.ending, self.last_beat = False, None, time.monotonic()

    def run(self):
        try:
            result = work(self.payload, self)
            self.ending = {"status": "cancelled"} if self.stop.is_set() else {"status": "completed", "result": result}
        except Exception as error:
            self.ending = {"status": "failed", "error": f"{type(error).__name__}: {error}"}

    def publish(self, channel, key, **fields):
        """Returns when the broker has the message; raises when it does not take it."""
        message = {"jobName": self.job, "runId": self.id, **fields}
        if self.attempt is not None:  # given back as it came: what an outdated attempt says is then ignored
            message["attempt"] = self.attempt
        channel.basic_publish(self.exchange, key, json.dumps(message), PROPERTIES, mandatory=True)
        log.info("%s %s %s", self.job, self.id, fields.get("status", key))

    def tell(self, channel):
        """Publishes what there is to say now: that it runs, that it lives, or how it ended."""
        if self.ending:
            self.publish(channel, "status", **self.ending)
            del runs[self.id]
        elif not self.announced:
            self.publish(channel, "status", status="running")
            self.announced = True
        elif time.monotonic() - self.last_beat >= 1:
            self.publish(channel, "heartbeat", progress=self.progress)
            self.last_beat = time.monotonic()


def on_action(channel, method, properties, body, *, exchange=None):
    try:
        action = json.loads(body)
        run_id, verb, attempt, _ = action["runId"], action["action"], int(action.get("attempt", 1)), action["jobName"]
        message_id = properties.message_id or f"{run_id}:{verb}:{attempt}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("ignored a message that is no action: %r", error)
    else:
        mine = runs.get(run_id)  # other runs are another worker's to stop, and to answer for
        if mine and verb == "cancel":
            mine.stop.set()
        elif mine and verb == "run" and attempt > (mine.attempt or 1):  # the scheduler lost sight of ours: drop it
            mine.stop.set()
            del runs[run_id]
        if verb == "run" and exchange and run_id not in runs and message_id not in seen:
            seen[message_id] = True
            if len(seen) > 10_000:
                seen.popitem(last=False)
            runs[run_id] = Run(action, exchange)
            runs[run_id].start()
            runs[run_id].tell(channel)  # before the acknowledgement: a crash in between loses nothing
    channel.basic_ack(method.delivery_tag)


def declare(channel, main):
    """The objects of a job or a pool. The scheduler declares the same ones, with the same arguments, whoever comes first."""
    channel.exchange_declare(main, "topic", durable=True)
    for key in ("action", "status", "heartbeat"):
        channel.exchange_declare(f"{main}.{key}", "fanout", durable=True)
        channel.queue_declare(f"{main}.{key}", durable=True)
        channel.queue_bind(f"{main}.{key}", main, key)
    channel.exchange_bind(f"{main}.action", main, "action")
    for key in ("status", "heartbeat"):
        channel.queue_bind(f"{main}.{key}", f"{main}.{key}")


def serve(url, exchanges, prefetch):
    """The life of one connection."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=prefetch)
        copies = channel.queue_declare("", exclusive=True).method.queue  # each worker must see each cancel
        channel.basic_consume(copies, on_action)
        for exchange in exchanges:
            declare(channel, exchange)
            channel.queue_bind(copies, f"{exchange}.action")
            channel.basic_consume(f"{exchange}.action", functools.partial(on_action, exchange=exchange))
        log.info("waiting for runs from %s", ", ".join(exchanges))
        while True:
            connection.process_data_events(time_limit=0.1)
            for run in list(runs.values()):
                run.tell(channel)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="*", default=os.environ.get("WORKER_JOBS", "").split(), help="or WORKER_JOBS")
    parser.add_argument("--pool", action="append", default=os.environ.get("WORKER_POOLS", "").split(),
                        help="or WORKER_POOLS: serve a pool of jobs; may repeat")
    parser.add_argument("--url", default=os.environ.get("WORKER_AMQP_URL", "amqp://guest:guest@localhost:5672/"))
    parser.add_argument("--prefetch", type=int, default=10, help="actions fetched ahead (default 10)")
    options = parser.parse_args()
    exchanges = [f"scheduler.job.{job}" for job in options.jobs] + [f"scheduler.pool.{pool}" for pool in options.pool]
    if not exchanges:
        parser.error("name at least one job or pool")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pause = 0.5
    while True:
        started = time.monotonic()
        try:
            serve(options.url, exchanges, options.prefetch)
        except KeyboardInterrupt:
            return
        except (pika.exceptions.AMQPError, OSError) as error:
            pause = 0.5 if time.monotonic() - started > 10 else min(pause * 2, 10)
            log.warning("no connection (%r), trying again in %.1f s", error, pause)
            time.sleep(pause)


if __name__ == "__main__":
    main()
