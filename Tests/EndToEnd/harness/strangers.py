# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Receivers and proxies that nobody here wrote: nginx, tinyproxy, Flask and Python's own file server."""

import os
import re
import shutil
import signal
import socket
import sys

import pytest

from .proxy import free_port


def _found(program):
    path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    if path is None:
        pytest.skip(f"there is no {program}; scripts/install --browser gets it")
    return path


def _listens(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


class Nginx:
    """`server` is the inside of a `server` block, where `PORT` stands for its port and `TLS` for the lines of a certificate.

    Its journal has a line for each request: protocol, method, path, status, the connection's number, which request of that connection
    it is, the name in the client's certificate, and `webhook-id`.
    """

    def __init__(self, world, server, certificate=None, http="", connections=512):
        self.port = free_port()
        folder = world.folder / f"nginx-{self.port}"
        folder.mkdir()
        self.configuration, self._journal = folder / "nginx.conf", folder / "journal"
        tls = "" if certificate is None else f"ssl_certificate {certificate[0]};\nssl_certificate_key {certificate[1]};"
        server = server.replace("PORT", str(self.port)).replace("TLS", tls)
        temporary = "\n".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.configuration.write_text(f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr notice;
events {{ worker_connections {connections * 3}; }}
http {{
    {temporary}
    log_format journal '$server_protocol $request_method $uri $status $connection $connection_requests "$ssl_client_s_dn" $http_webhook_id';
    access_log {self._journal} journal;
    default_type text/plain;
    {http}
    server {{
        {server}
    }}
}}
""")
        self.program = world.script([_found("nginx"), "-p", str(folder), "-c", str(self.configuration)], f"nginx-{self.port}-log")
        world.eventually(lambda: _listens(self.port), 10, "nginx to listen")

    def reload(self):
        """Ends its connections, politely, and goes on with new processes."""
        os.kill(self.program.pid, signal.SIGHUP)

    @property
    def journal(self):
        """The words of each line."""
        return [line.split() for line in self._journal.read_text().splitlines()]


class Tinyproxy:
    """An HTTP proxy that asks for a name and a password."""

    def __init__(self, world, port):
        self.port = free_port()
        configuration = world.folder / f"tinyproxy-{self.port}.conf"
        configuration.write_text(f"""
Port {self.port}
Listen 127.0.0.1
Timeout 60
MaxClients 100
LogLevel Connect
BasicAuth sched hush-hush
ConnectPort {port}
""")
        self.program = world.script([_found("tinyproxy"), "-d", "-c", str(configuration)], f"tinyproxy-{self.port}")
        world.eventually(lambda: _listens(self.port), 10, "tinyproxy to listen")

    @property
    def setting(self):
        return f"http://sched:hush-hush@127.0.0.1:{self.port}"

    @property
    def connected(self):
        """Where it has been asked to lead to, each time."""
        return re.findall(r"CONNECT (\S+) HTTP", self.program.log())


FLASK = '''
import os, sys, threading, time
from flask import Flask, abort, request
from werkzeug.serving import make_server

VERIFY
app = Flask(__name__)
secrets, first = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], set()

@app.post("/signed/<job>")
def signed(job):
    if not verify(request.headers, request.get_data(), secrets):
        abort(401)
    run = request.headers["webhook-id"]
    if run not in first:
        first.add(run)
        return {"again": run}, 503, {"Retry-After": "1"}
    return {"job": job, "run": run, "attempt": request.headers["Simple-Scheduler-Attempt"], "payload": request.get_json()}

@app.route("/any", methods=["GET", "PUT", "PATCH", "DELETE"])
def any_method():
    return f"{request.method} {request.args.to_dict()} {len(request.get_data())}"

@app.post("/raise")
def fail():
    raise RuntimeError("no paper")

@app.post("/stream")
def stream():
    return (f"line {number}\\n" for number in range(5))

@app.post("/latin")
def latin():
    return "caf\\u00e9".encode("latin-1"), 200, {"Content-Type": "text/plain; charset=iso-8859-1"}

@app.post("/die")
def die():
    threading.Timer(0.3, lambda: os._exit(9)).start()
    time.sleep(30)

server = make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True)
print(f"listening on {server.port}", flush=True)
server.serve_forever()
'''


class Flask:
    """An application whose `verify` is the function of the documentation, given as text."""

    def __init__(self, world, verify, port=0):
        script = world.folder / "application.py"
        script.write_text(FLASK.replace("VERIFY", verify))
        count = sum(program.label.startswith("flask") for program in world.programs)
        self.program = world.script([sys.executable, "-u", str(script), str(port)], f"flask-{count + 1}")
        self.port = int(world.eventually(lambda: re.search(r"listening on (\d+)", self.program.log()), 15, "Flask to listen")[1])
        self.url = f"http://127.0.0.1:{self.port}"


class FileServer:
    """`python -m http.server` over a folder."""

    def __init__(self, world, folder):
        self.program = world.script(
            [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder), "0"], "file-server")
        line = world.eventually(lambda: re.search(r"port (\d+)", self.program.log()), 15, "the file server to listen")
        self.url = f"http://127.0.0.1:{line[1]}"
