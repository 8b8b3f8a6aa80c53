#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""A worker for the events of ticktock: calls an address at every event of a key. Needs pika; README.md explains it."""

import argparse, logging, signal, urllib.request

import pika

log = logging.getLogger("worker")
EXCHANGE = "cron.schedule"


def work(address):
    """The job itself: put yours here."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.status


def handle(channel, method, properties, address):
    """One event. Whoever else works at this queue does not get it; what fails is not tried again: the next event comes."""
    event = (properties.headers or {}).get("event", method.routing_key)
    try:
        log.info("%s of %s: %s answers %s", event, properties.timestamp, address, work(address))
    except OSError as error:
        log.error("%s of %s: %s: %s", event, properties.timestamp, address, error)
    channel.basic_ack(method.delivery_tag)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="what to call, such as https://my-app.example.com/health")
    parser.add_argument("--key", default="cron.minute.15", help="the event (default: cron.minute.15)")
    parser.add_argument("--queue", default="ping-my-app", help="one queue for all processes of this worker (default: ping-my-app)")
    parser.add_argument("--url", default="amqp://guest:guest@localhost:5672/", help="the broker")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("pika").setLevel(logging.WARNING)

    connection = pika.BlockingConnection(pika.URLParameters(options.url))
    channel = connection.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    channel.queue_declare(options.queue, durable=True)
    channel.queue_bind(options.queue, EXCHANGE, options.key)
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(
        options.queue, lambda channel, method, properties, _: handle(channel, method, properties, options.address))
    signal.signal(signal.SIGTERM, lambda *_: channel.stop_consuming())
    log.info("waiting for %s", options.key)
    try:
        channel.start_consuming()
    except KeyboardInterrupt:
        pass
    connection.close()


if __name__ == "__main__":
    main()
