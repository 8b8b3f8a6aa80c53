# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Who gets the requests of runs that leave by HTTP."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    request_queue_size = 1024  # hundreds come at once


class Receiver:
    """Keeps what it gets; `answer` gives (status, headers, body) for a request, or does without an answer for None."""

    def __init__(self, answer=lambda request: (200, {}, b""), host="127.0.0.1", port=0):
        self.requests, self.answer, receiver = [], answer, self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = {"method": self.command, "path": self.path, "headers": self.headers, "body": body, "at": time.time()}
                receiver.requests.append(request)
                answer = receiver.answer(request)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass  # who asked has died

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = Server((host, port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=%20b"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
