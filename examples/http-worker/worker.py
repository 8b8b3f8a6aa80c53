#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""An example receiver of runs that are HTTP requests. Needs Python alone; README.md explains it."""

import argparse, collections, json, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

done = collections.OrderedDict()  # run id -> answer of the latest runs: who asks again gets the same, and nothing is done twice
locks = collections.defaultdict(threading.Lock)


def work(payload):
    """The job itself: put yours here. What it returns becomes the run's result, what it raises a failed attempt."""
    payload = payload if isinstance(payload, dict) else {}
    time.sleep(min(float(payload.get("seconds", 0)), 600))
    if payload.get("fail"):
        raise RuntimeError(payload["fail"])
    return {"greeting": f"hello, I waited {payload.get('seconds', 0)} s"}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        run, attempt = self.headers.get("Idempotency-Key"), self.headers.get("Simple-Scheduler-Attempt", "1")
        print(f"{self.headers.get('Simple-Scheduler-Job')} {run} attempt {attempt}: {body.decode(errors='replace')}", flush=True)
        try:
            with locks[run]:
                if run is None or run not in done:
                    answer = work(json.loads(body or b"null"))
                    if run is not None:
                        done[run] = answer
                    while len(done) > 10_000:
                        locks.pop(done.popitem(last=False)[0], None)
                else:
                    answer = done[run]
            self.answer(200, answer)
        except (ValueError, TypeError) as error:
            self.answer(400, {"error": str(error)})  # 4xx: no use in trying again
        except Exception as error:
            self.answer(500, {"error": f"{type(error).__name__}: {error}"})  # 5xx: the Scheduler tries again

    do_PUT = do_PATCH = do_POST

    def answer(self, status, value):
        body = json.dumps(value).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            print("whoever asked does not wait any more: cancelled, or out of time", flush=True)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one (default: 8081)")
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
