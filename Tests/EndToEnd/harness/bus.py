# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""AMQP names and objects of a job or a pool (contract, sections 3 and 9) and a blocking client for the tests' main thread."""

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

DEAD_LETTERS = "scheduler.dead-letter"
KINDS = ("action", "status", "heartbeat")


class Pool(str):
    """The name of a pool, where a job's may stand."""


def topic(job):
    return f"scheduler.{'pool' if isinstance(job, Pool) else 'job'}.{job}"


def part(job, kind):
    """The queue, and equally the fanout exchange, of one kind of message."""
    return f"{topic(job)}.{kind}"


def parameters(url):
    result = pika.URLParameters(url)
    result.heartbeat = 0
    result.socket_timeout = 5
    return result


def declare_go(channel, job):
    """What a worker of the Go program declares: the topic exchange and its three queues."""
    channel.exchange_declare(topic(job), "topic", durable=True)
    for kind in KINDS:
        channel.queue_declare(part(job, kind), durable=True)
        channel.queue_bind(part(job, kind), topic(job), kind)


def declare_seed(channel, job):
    """What the seed documents besides: the fanout exchanges of the same names as the queues."""
    declare_go(channel, job)
    for kind in KINDS:
        channel.exchange_declare(part(job, kind), "fanout", durable=True)
    channel.exchange_bind(part(job, "action"), topic(job), "action")
    for kind in ("status", "heartbeat"):
        channel.queue_bind(part(job, kind), part(job, kind))


@dataclass
class Message:
    body: bytes
    properties: pika.BasicProperties
    exchange: str
    routing_key: str

    @property
    def headers(self):
        return self.properties.headers or {}


class Broker:
    """One connection with publisher confirms; comes back by itself after the broker closed it."""

    def __init__(self, url):
        self._parameters = parameters(url)
        self._connection = None
        self._channel = None
        self._flooding = None

    @property
    def channel(self):
        if self._connection is None or self._connection.is_closed:
            self._connection = pika.BlockingConnection(self._parameters)
            self._channel = None
        if self._channel is None or self._channel.is_closed:
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
        return self._channel

    def close(self):
        if self._connection is not None and self._connection.is_open:
            with contextlib.suppress(AMQPError):  # the broker may have gone meanwhile
                self._connection.close()

    def publish(self, exchange, key, body, **properties):
        """Publish, confirmed and routable, again and again until the broker has it."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        end = time.monotonic() + 20
        while True:
            try:
                self.channel.basic_publish(
                    exchange, key, body,
                    pika.BasicProperties(content_type="application/json", delivery_mode=2, **properties),
                    mandatory=True)
                return
            except AMQPError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def flood(self, exchange, key, body):
        """Publish without waiting for anything, over a channel of its own."""
        if self._flooding is None or self._flooding.is_closed:
            self._flooding = self.channel.connection.channel()
        self._flooding.basic_publish(exchange, key, body, pika.BasicProperties(content_type="application/json"))

    def status(self, job, run, status, *, to="topic", pool=None, **more):
        """A status as a worker sends it; `to` is the topic exchange or the fanout one, of the job or of its pool."""
        self._tell(pool or job, "status", to, {"jobName": job, "runId": str(run), "status": status} | more)

    def heartbeat(self, job, run, *, to="topic", pool=None, **more):
        self._tell(pool or job, "heartbeat", to, {"jobName": job, "runId": str(run)} | more)

    def _tell(self, job, kind, to, body):
        if to == "topic":
            self.publish(topic(job), kind, body)
        else:
            self.publish(part(job, kind), "", body)

    def depth(self, queue):
        """Ready messages in a queue; None when there is no such queue."""
        try:
            return self.channel.queue_declare(queue, passive=True).method.message_count
        except ChannelClosedByBroker:
            return None

    def consumers(self, queue):
        try:
            return self.channel.queue_declare(queue, passive=True).method.consumer_count
        except ChannelClosedByBroker:
            return None

    def collect(self, queue, wanted=lambda message: True):
        """Take the wanted messages out of a queue and leave the others in it."""
        taken = []
        connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            while True:
                method, properties, body = channel.basic_get(queue)
                if method is None:
                    break
                message = Message(body, properties, method.exchange, method.routing_key)
                if wanted(message):
                    taken.append(message)
                    channel.basic_ack(method.delivery_tag)
        except ChannelClosedByBroker as error:
            if error.reply_code != 404:
                raise
        finally:
            connection.close()
        return taken

    def delete_objects(self, jobs):
        """Remove everything that belongs to the jobs; over several connections, because each removal takes a while."""
        jobs = list(jobs)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._delete, filter(None, (jobs[k::4] for k in range(4)))))

    def _delete(self, jobs):
        connection = pika.BlockingConnection(self._parameters)
        channel = connection.channel()
        for job in jobs:
            channel.exchange_delete(topic(job))
            for kind in KINDS:
                channel.queue_delete(part(job, kind))
                channel.exchange_delete(part(job, kind))
        connection.close()
