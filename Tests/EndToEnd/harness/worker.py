# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A worker that records every action it gets and answers as it is told."""

import json
import threading
import time
from dataclasses import dataclass

import pika
from pika.exceptions import AMQPError

from . import bus


@dataclass(frozen=True)
class Action:
    """One delivery of an action message."""

    job: str
    run: str
    kind: str
    message_id: str
    body: dict
    properties: pika.BasicProperties
    exchange: str
    routing_key: str
    redelivered: bool
    arrival: float
    """Seconds since 1970."""
    source: str = None
    """The job, or the pool, whose queue it came from; None = the job's."""

    @property
    def attempt(self):
        return self.body.get("attempt", 1)


@dataclass(frozen=True)
class Say:
    """One message of an answer, sent some seconds after the action arrived."""

    kind: str
    fields: dict
    after: float = 0.0
    to: str = "topic"


def status(word, after=0.0, to="topic", **fields):
    return Say("status", {"status": word} | fields, after, to)


def heartbeat(after=0.0, to="topic", **fields):
    return Say("heartbeat", fields, after, to)


def silent(action):
    """Answers nothing."""
    return []


def running(action):
    """Starts each run and never says anything again; says `cancelled` to a cancel."""
    return [status("running")] if action.kind == "run" else [status("cancelled")]


def complete(action):
    """Starts and ends each run at once."""
    return [status("running"), status("completed")] if action.kind == "run" else [status("cancelled")]


def working(duration, beat=None, outcome="completed"):
    """Works for some seconds, with a heartbeat each `beat` seconds, then reports the outcome."""

    def answer(action):
        if action.kind != "run":
            return [status("cancelled")]
        beats = int(duration / beat + 1e-6) if beat else 0
        return [status("running"), *(heartbeat((k + 1) * beat) for k in range(beats)), status(outcome, duration)]

    return answer


class RecordingWorker(threading.Thread):
    """One connection and one thread for any number of jobs and pools (`bus.Pool`).

    `declare` says what it declares for each job before it consumes: "go", "seed", "queue" (only the action queue,
    leaving the rest to the Scheduler), or "nothing". It connects again after a cut, so deliveries may repeat.
    """

    def __init__(self, url, jobs, answer=silent, declare="seed", confirm=False, prefetch=200):
        super().__init__(daemon=True)
        self._parameters = bus.parameters(url)
        self._answer = answer
        self._declare = declare
        self._confirm = confirm
        self._prefetch = prefetch
        self._jobs = list(jobs)
        self._lock = threading.Lock()
        self._actions = []
        self._decided = {}
        self._stopping = threading.Event()
        self._consuming = threading.Event()
        self._connection = None
        self._channel = None
        self.connections = 0
        self.error = None

    def begin(self, timeout=60):
        self.start()
        assert self._consuming.wait(timeout), f"the worker did not begin to consume: {self.error!r}"
        return self

    def end(self):
        self._stopping.set()
        self.join(10)

    @property
    def actions(self):
        with self._lock:
            return list(self._actions)

    def decided_after(self, moment):
        """The jobs of which a run action came that was decided after this moment (seconds since 1970)."""
        with self._lock:
            # Whole seconds on the wire.
            return {job for job, second in self._decided.items() if second > moment}

    def of(self, job, kind=None):
        """The deliveries for one job in the order of their arrival."""
        return [a for a in self.actions if a.job == job and kind in (None, a.kind)]

    def for_run(self, run, kind=None):
        return [a for a in self.actions if a.run == str(run) and kind in (None, a.kind)]

    def run(self):
        while not self._stopping.is_set():
            try:
                self._serve()
            except AMQPError as error:
                self.error = error
                self._stopping.wait(0.1)
            except Exception as error:
                self.error = error
                raise

    def _serve(self):
        connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=self._prefetch)
            if self._confirm:
                channel.confirm_delivery()
            self._connection, self._channel = connection, channel
            for job in self._jobs:
                self._take_up(channel, job)
            self.connections += 1
            self._consuming.set()
            while not self._stopping.is_set():
                connection.process_data_events(time_limit=0.1)
        finally:
            if connection.is_open:
                connection.close()

    def _take_up(self, channel, job):
        if self._declare == "go":
            bus.declare_go(channel, job)
        elif self._declare == "seed":
            bus.declare_seed(channel, job)
        elif self._declare == "queue":
            channel.queue_declare(bus.part(job, "action"), durable=True)
        channel.basic_consume(
            bus.part(job, "action"),
            lambda ch, method, properties, body: self._receive(job, ch, method, properties, body))

    def _receive(self, job, channel, method, properties, body):
        arrival = time.time()
        try:
            content = json.loads(body)
        except ValueError:
            content = {"unreadable": body.decode("utf-8", "replace")}
        action = Action(
            job=content.get("jobName", job) if isinstance(job, bus.Pool) else job, source=job, run=content.get("runId", ""), kind=content.get("action", ""),
            message_id=properties.message_id, body=content, properties=properties, exchange=method.exchange,
            routing_key=method.routing_key, redelivered=method.redelivered, arrival=arrival)
        with self._lock:
            self._actions.append(action)
            if action.kind == "run":
                self._decided[action.job] = max(self._decided.get(action.job, 0), properties.timestamp or 0)
        for say in self._answer(action):
            if say.after > 0:
                self._connection.call_later(say.after, lambda say=say: self._say_late(action, say))
            else:
                self._say(channel, action, say)
        channel.basic_ack(method.delivery_tag)

    def _say_late(self, action, say):
        if self._channel.is_open:
            self._say(self._channel, action, say)

    def _say(self, channel, action, say):
        body = {"jobName": action.job, "runId": action.run} | say.fields
        if say.to == "topic":
            exchange, key = bus.topic(action.source or action.job), say.kind
        else:
            exchange, key = bus.part(action.source or action.job, say.kind), ""
        channel.basic_publish(
            exchange, key, json.dumps(body).encode(),
            pika.BasicProperties(content_type="application/json", delivery_mode=2))
