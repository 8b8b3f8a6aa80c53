#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""An example receiver of runs that are HTTP requests. Needs Python alone; README.md explains it."""

import argparse, collections, json, threading, time, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

done = collections.OrderedDict()  # run id -> answer of the latest runs: who asks again gets the same, and nothing is done twice
locks = collections.defaultdict(threading.Lock)
begun = set()  # callback addresses of attempts that are being worked on after a 202


def work(payload):
    """The job itself: put yours here. What it returns becomes the run's result, what it raises a failed attempt."""
    payload = payload if isinstance(payload, dict) else {}
    time.sleep(min(float(payload.get("seconds", 0)), 600))
    if payload.get("fail"):
        raise RuntimeError(payload["fail"])
    return {"greeting": f"hello, I waited {payload.get('seconds', 0)} s"}


def report(callback, what, value):
    """Tells the Scheduler; gives whether the attempt goes on."""
    request = urllib.request.Request(f"{callback}/{what}", json.dumps(value).encode(), {"Content-Type": "application/json"})
    for pause in (1, 2, 4, 8, 16, 32, 0):
        try:
            return urllib.request.urlopen(request, timeout=30).status == 204
        except urllib.error.HTTPError as error:
            if error.code < 500:
                print(f"{what}: {error.code} {error.read().decode(errors='replace')}", flush=True)
                return False  # over, or a mistake of ours: trying again does not help
        except OSError as error:
            print(f"cannot report, trying again: {error}", flush=True)
        time.sleep(pause)
    return False


def work_later(callback, run, payload):
    """The same after a 202: a sign of life every few seconds, and the end when it is there."""
    ended = threading.Event()

    def beat():
        while not ended.wait(3) and report(callback, "heartbeat", {}):
            pass

    threading.Thread(target=beat, daemon=True).start()
    try:
        end = {"status": "completed", "result": work(payload)}
    except Exception as error:
        end = {"status": "failed", "error": f"{type(error).__name__}: {error}"}
    ended.set()
    report(callback, "status", end)
    with locks[run]:
        begun.discard(callback)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        run, attempt = self.headers.get("Idempotency-Key"), self.headers.get("Simple-Scheduler-Attempt", "1")
        print(f"{self.headers.get('Simple-Scheduler-Job')} {run} attempt {attempt}: {body.decode(errors='replace')}", flush=True)
        callback = self.headers.get("Simple-Scheduler-Callback")
        if self.headers.get("Simple-Scheduler-Action") == "cancel":
            self.answer(200, None)  # put here what stops the work, and have it report "cancelled"
            return
        try:
            payload = json.loads(body or b"null")
            if callback and isinstance(payload, dict) and payload.get("later"):
                with locks[run]:
                    if callback not in begun:
                        begun.add(callback)
                        threading.Thread(target=work_later, args=(callback, run, payload), daemon=True).start()
                self.answer(202, None)
                return
            with locks[run]:
                if run is None or run not in done:
                    answer = work(payload)
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
